import { ComfygenError } from '../errors/comfygen-error.ts';

/** What newer engines hand to a reviver and offer beside `stringify`; TypeScript's library lacks both. */
interface JsonWithSource {
  parse(
    text: string,
    reviver: (key: string, value: unknown, context?: { source?: string }) => unknown,
  ): unknown;
  rawJSON?(text: string): unknown;
}
const json = JSON as unknown as JsonWithSource;

/** `JSON.parse` that keeps integers above 2^53 − 1 exact, as `bigint`. */
export function parseJson(text: string): unknown {
  return json.parse(text, (_key, value, context) => {
    if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
    if (!Number.isInteger(value)) return value;
    if (context?.source === undefined) {
      throw new ComfygenError(
        'UNSUPPORTED',
        'This JavaScript engine reads numbers above 2^53 − 1 inexactly. Use one with JSON.parse source text access (Node 22, Chrome 114, Firefox 135, Safari 18.4 or newer).',
      );
    }
    return /^-?\d+$/.test(context.source) ? BigInt(context.source) : value;
  });
}

/** `JSON.stringify` that writes `bigint` as an integer. */
export function stringifyJson(value: unknown, indent?: number): string {
  return JSON.stringify(
    value,
    (_key, item) => (typeof item === 'bigint' ? rawInteger(item) : item),
    indent,
  );
}

function rawInteger(value: bigint): unknown {
  const digits = value.toString();
  if (Number.isSafeInteger(Number(digits))) return Number(digits);
  if (json.rawJSON) return json.rawJSON(digits);
  throw new ComfygenError(
    'UNSUPPORTED',
    'This JavaScript engine has no JSON.rawJSON, which a seed above 2^53 − 1 needs.',
  );
}
