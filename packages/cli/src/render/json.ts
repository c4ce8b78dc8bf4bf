const raw = (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON;

/** JSON for stdout, indented; a `bigint` (a seed above 2^53) is written with all its digits. */
export function renderJson(value: unknown): string {
  const text = JSON.stringify(
    value,
    (_key, item: unknown) => (typeof item === 'bigint' ? raw(item.toString()) : item),
    2,
  );
  return `${text}\n`;
}
