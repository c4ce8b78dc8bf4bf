import { canonicalValue } from '../canonical-value.ts';

const ANY = new Set(['*', 'COMFY_MATCHTYPE_V3']);

/** Whether the server lets an output of one type feed an input of another. */
export function matchTypes(output: unknown, input: unknown): boolean {
  if (isAny(output) || isAny(input)) return true;
  if (Array.isArray(output) && Array.isArray(input)) {
    return canonicalValue(output) === canonicalValue(input);
  }
  if (Array.isArray(output) && input === 'COMBO') return true;
  if (typeof output !== 'string' || typeof input !== 'string') return output === input;
  const wanted = new Set(names(input));
  return wanted.has('*') || names(output).some((name) => name === '*' || wanted.has(name));
}

const isAny = (type: unknown) => typeof type === 'string' && ANY.has(type);
const names = (type: string) => type.split(',').map((name) => name.trim());
