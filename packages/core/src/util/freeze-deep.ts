/**
 * Freezes plain data, whatever is in it too, and gives it back: it can then be handed to everybody without a copy.
 * A part of it that is frozen already is taken as frozen to the bottom.
 */
export function freezeDeep<T>(data: T): T {
  // A stack of its own: data may be nested deeper than the engine's stack is.
  const open: unknown[] = [data];
  while (open.length > 0) {
    const one = open.pop();
    if (typeof one !== 'object' || one === null || Object.isFrozen(one)) continue;
    Object.freeze(one);
    for (const value of Object.values(one)) open.push(value);
  }
  return data;
}
