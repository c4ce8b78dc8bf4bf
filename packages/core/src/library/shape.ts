import { ComfygenError } from '../errors/comfygen-error.ts';

/** Returns the value with its type known, or throws INVALID_FLOW with the field's path. */
export type Shape<T> = (value: unknown, path: string) => T;

/** What a shape gives. */
export type ShapeOf<S> = S extends Shape<infer T> ? T : never;

const show = (value: unknown): string => {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 60));
  return typeof value === 'object' ? 'an object' : String(value);
};

function refuse(path: string, wanted: string, value: unknown): never {
  throw new ComfygenError('INVALID_FLOW', `${path}: expected ${wanted}, got ${show(value)}`, {
    details: { field: path },
  });
}

/** A text; `pattern` with the words that say what it must look like. */
export const text =
  (wanted = 'a text', pattern?: RegExp): Shape<string> =>
  (value, path) =>
    typeof value === 'string' && (pattern === undefined || pattern.test(value))
      ? value
      : refuse(path, wanted, value);

/** A finite number, from `min` on. */
export const amount =
  (min = 0, whole = false): Shape<number> =>
  (value, path) =>
    typeof value === 'number' &&
    Number.isFinite(value) &&
    value >= min &&
    (!whole || Number.isInteger(value))
      ? value
      : refuse(path, `a${whole ? ' whole' : ''} number from ${min} on`, value);

export const flag: Shape<boolean> = (value, path) =>
  typeof value === 'boolean' ? value : refuse(path, 'true or false', value);

export const oneOf =
  <const T extends string>(...words: T[]): Shape<T> =>
  (value, path) =>
    words.includes(value as T) ? (value as T) : refuse(path, `one of ${words.join(', ')}`, value);

/** `null` says that it is not known. */
export const orNull =
  <T>(shape: Shape<T>): Shape<T | null> =>
  (value, path) =>
    value === null ? null : shape(value, path);

export const listOf =
  <T>(shape: Shape<T>): Shape<T[]> =>
  (value, path) =>
    Array.isArray(value)
      ? value.map((item, index) => shape(item, `${path}[${index}]`))
      : refuse(path, 'a list', value);

/** An object with these keys and no others: all of `required`, any of `optional`. */
export const objectOf =
  <R extends Record<string, Shape<unknown>>, O extends Record<string, Shape<unknown>>>(
    required: R,
    optional: O,
  ): Shape<{ [K in keyof R]: ShapeOf<R[K]> } & { [K in keyof O]?: ShapeOf<O[K]> | undefined }> =>
  (value, path) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      return refuse(path, 'an object', value);
    }
    const shapes: Record<string, Shape<unknown>> = { ...required, ...optional };
    const known = Object.keys(shapes);
    const given = value as Record<string, unknown>;
    const stranger = Object.keys(given).find((key) => !Object.hasOwn(shapes, key));
    if (stranger !== undefined) {
      throw new ComfygenError(
        'INVALID_FLOW',
        `${path}.${stranger}: no such field; the fields are ${known.join(', ')}`,
        { details: { field: `${path}.${stranger}` } },
      );
    }
    const result: Record<string, unknown> = {};
    for (const key of known) {
      if (given[key] !== undefined || Object.hasOwn(required, key)) {
        result[key] = shapes[key]?.(given[key], `${path}.${key}`);
      }
    }
    return result as never;
  };
