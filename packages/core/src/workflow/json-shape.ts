import { isObject } from '../util/is-object.ts';

/** An own property; inherited ones such as `toString` are none. */
export function own(object: unknown, key: string): unknown {
  return isObject(object) && Object.hasOwn(object, key) ? object[key] : undefined;
}

/** A short text of any value, for messages. */
export function show(value: unknown): string {
  const text =
    typeof value === 'string'
      ? JSON.stringify(value)
      : typeof value === 'object' && value !== null
        ? Array.isArray(value)
          ? 'a list'
          : 'an object'
        : String(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
