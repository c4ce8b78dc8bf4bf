import { canonicalValue } from '../canonical-value.ts';

/** What Python's `int()` makes of a value, or `undefined` where it raises. */
export function pythonInt(value: unknown): number | bigint | undefined {
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? Math.trunc(value) : undefined;
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  if (!/^[+-]?\d+(_\d+)*$/.test(text) || text.length > 4300) return undefined;
  return BigInt(text.replaceAll('_', '').replace(/^\+/, ''));
}

/** What Python's `float()` makes of a value, or `undefined` where it raises. */
export function pythonFloat(value: unknown): number | undefined {
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return undefined;
  const text = value.trim().toLowerCase();
  if (/^[+-]?(inf|infinity)$/.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  if (/^[+-]?nan$/.test(text)) return Number.NaN;
  const digits = '\\d+(?:_\\d+)*';
  const pattern = new RegExp(
    `^[+-]?(?:${digits}\\.?(?:${digits})?|\\.${digits})(?:e[+-]?${digits})?$`,
  );
  return pattern.test(text) ? Number(text.replaceAll('_', '')) : undefined;
}

/** Python's `==` between two JSON values: 1, 1.0 and true are equal. */
export function pythonEquals(a: unknown, b: unknown): boolean {
  const [left, right] = [asNumber(a), asNumber(b)];
  // `<` and `>` compare a number with a bigint by value, as Python's `==` does.
  if (left !== undefined && right !== undefined) return !(left < right) && !(left > right);
  if (typeof a !== 'object' || a === null) return a === b;
  return canonicalValue(a) === canonicalValue(b);
}

function asNumber(value: unknown): number | bigint | undefined {
  if (typeof value === 'boolean') return value ? 1 : 0;
  return typeof value === 'number' || typeof value === 'bigint' ? value : undefined;
}
