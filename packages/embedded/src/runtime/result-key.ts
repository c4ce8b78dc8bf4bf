import { createHash } from 'node:crypto';
import type { CheckedNode } from './checked-graph.ts';
import type { InputFiles } from './node-definition.ts';

/**
 * The cache key of a node's result: a hash of all that it depends on, but not of ids. `sources` holds the keys of the
 * nodes that it links to.
 */
export async function resultKey(
  node: CheckedNode,
  sources: ReadonlyMap<string, string>,
  inputFiles: InputFiles,
): Promise<string> {
  const { definition, inputs } = node;
  const parts = Object.keys(inputs)
    .sort()
    .map((name) => {
      const input = inputs[name] as CheckedNode['inputs'][string];
      if ('value' in input) return [name, typeof input.value, String(input.value)];
      return [name, 'link', sources.get(input.link[0]), input.link[1]];
    });
  const literals = Object.fromEntries(
    Object.entries(inputs).map(([name, input]) => [
      name,
      'value' in input ? input.value : undefined,
    ]),
  );
  const change = await definition.changeKey?.(literals, { inputFiles });
  const text = JSON.stringify([definition.classType, change ?? null, parts]);
  return createHash('sha256').update(text).digest('hex');
}
