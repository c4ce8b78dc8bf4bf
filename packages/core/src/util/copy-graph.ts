const isFlat = (value: unknown) => {
  const kind = typeof value;
  return value === null || (kind !== 'object' && kind !== 'function' && kind !== 'symbol');
};

const isPlain = (value: object) => {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
};

/**
 * A copy as `structuredClone` makes it, which takes long to begin with: objects down to `levels` and flat lists by hand.
 * Three levels are those of a graph: nodes, their fields, their inputs.
 */
export function copyGraph<T>(value: T, levels = 3): T {
  return copy(value, levels) as T;
}

function copy(value: unknown, levels: number): unknown {
  if (isFlat(value)) return value;
  if (Array.isArray(value) && value.every(isFlat)) return [...value];
  if (levels === 0 || typeof value !== 'object' || !isPlain(value!)) return structuredClone(value);
  return Object.fromEntries(
    Object.entries(value!).map(([key, item]) => [key, copy(item, levels - 1)]),
  );
}
