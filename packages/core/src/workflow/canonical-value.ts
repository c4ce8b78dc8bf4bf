/**
 * A text that is equal for equal JSON values, whatever the order of their keys; `1` and `1n` are the same
 * seed. `undefined` where there is no value.
 */
export function canonicalValue(value: unknown): string {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return String(JSON.stringify(value));
  if (Array.isArray(value)) return `[${value.map(canonicalValue).join(',')}]`;
  const entries = Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, item]) => `${JSON.stringify(key)}:${canonicalValue(item)}`);
  return `{${entries.join(',')}}`;
}
