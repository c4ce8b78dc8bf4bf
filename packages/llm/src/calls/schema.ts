import type { JsonObject } from 'comfygen/plugin';

/** What says which values a schema allows. */
const KINDS = ['type', 'enum', 'const', 'anyOf', 'oneOf', 'allOf', '$ref'];

/**
 * Whether a schema names every key of every object and a kind for every value: only such schemas can providers hold a
 * model to. With `strict`, each object must also require all its keys and forbid others.
 */
export function isClosed(schema: unknown, { strict }: { strict: boolean }): boolean {
  if (typeof schema !== 'object' || schema === null) return false;
  const node = schema as { [key: string]: unknown };
  if (!KINDS.some((kind) => kind in node)) return false;
  if (node['type'] === 'object' && !isClosedObject(node, strict)) return false;
  const inner = [
    ...Object.values(node['properties'] ?? {}),
    ...Object.values(node['$defs'] ?? {}),
    ...['anyOf', 'oneOf', 'allOf'].flatMap((kind) => (node[kind] as unknown[] | undefined) ?? []),
    ...(node['type'] === 'array' ? [node['items']] : []),
  ];
  return inner.every((item) => isClosed(item, { strict }));
}

function isClosedObject(node: { [key: string]: unknown }, strict: boolean): boolean {
  const { properties, additionalProperties: others, required } = node;
  if (typeof properties !== 'object' || properties === null) return false;
  if (others !== false && (strict || others !== undefined)) return false;
  const listed = Array.isArray(required) ? required : [];
  return !strict || Object.keys(properties).every((key) => listed.includes(key));
}

/** Asks in words for a reply of that schema, where the provider does not hold the model to it. */
export function schemaInWords(schema: JsonObject): string {
  return `Answer with one JSON object that follows this JSON Schema, and with nothing else:\n${JSON.stringify(schema)}`;
}
