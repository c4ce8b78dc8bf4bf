const DEEPEST = 64;
const MOST = 1_000_000;

/** Whether a value is a byte array, also one of another realm, and not one that only says so. */
export function isBytes(value: unknown): value is Uint8Array {
  return (
    ArrayBuffer.isView(value) && Object.prototype.toString.call(value) === '[object Uint8Array]'
  );
}

/**
 * A copy of plain data that shares nothing with its giver but byte arrays: objects and lists as they are, other objects
 * by their own fields, functions and symbols left out.
 *
 * @throws RangeError where it is nested more than 64 levels, as a cycle is, or has more than a million values
 */
export function plainCopy(value: unknown): unknown {
  let left = MOST;
  const copy = (one: unknown, depth: number): unknown => {
    if (typeof one === 'function' || typeof one === 'symbol') return undefined;
    if (typeof one !== 'object' || one === null || isBytes(one)) return one;
    left -= 1;
    if (depth > DEEPEST || left < 0) throw new RangeError('it is nested or large without an end');
    if (!Array.isArray(one))
      return Object.fromEntries(
        Object.entries(one).map(([key, item]) => [key, copy(item, depth + 1)]),
      );
    if (one.length > left) throw new RangeError('it is large without an end');
    return Array.from(one, (item) => copy(item, depth + 1));
  };
  return copy(value, 0);
}
