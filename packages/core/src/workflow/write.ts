import type { Slots, Workflow } from '../spec/index.ts';
import { sha256Hex } from '../util/sha256.ts';
import { hasNode, invalid, isLink, requireShape } from './graph.ts';
import { stringifyJson } from './json.ts';

/** What a hash leaves out. */
export interface HashOptions {
  /** Slots whose values don't count: flows that differ only in what a brief fills get the same hash. */
  without?: Partial<Slots> | undefined;
}

/**
 * `sha256:…` of a workflow's structure and values. Node ids, key order and `_meta` don't matter: a node is
 * known by its class, its literals and what feeds it. Two equal nodes count as two, so sharing a loader
 * and loading twice differ. A link to nowhere counts as such.
 *
 * @throws INVALID_WORKFLOW where links run in a circle.
 */
export function hashWorkflow(workflow: Workflow, options: HashOptions = {}): string {
  requireShape(workflow);
  const left = new Set(
    Object.values(options.without ?? {})
      .flatMap((refs) => (Array.isArray(refs) ? refs : Object.values(refs ?? {}).flat()))
      .map(({ node, input }) => JSON.stringify([node, input])),
  );
  const hashes = hashNodes(workflow, (id, input) => left.has(JSON.stringify([id, input])));
  return `sha256:${sha256Hex([...hashes.values()].sort().join('\n'))}`;
}

/** Each node's own structural hash; equal for nodes that compute the same. */
function hashNodes(
  workflow: Workflow,
  isLeftOut: (id: string, input: string) => boolean,
): Map<string, string> {
  const hashes = new Map<string, string>();
  const path = new Set<string>();

  // A stack of its own, so that a chain of 100,000 nodes does not overflow the engine's.
  for (const root of Object.keys(workflow)) {
    const stack = [root];
    while (stack.length > 0) {
      const id = stack[stack.length - 1]!;
      if (hashes.has(id)) {
        stack.pop();
        continue;
      }
      const { class_type, inputs } = workflow[id]!;
      const open = Object.values(inputs)
        .filter((value) => isLink(value))
        .map((link) => link[0])
        .filter((source) => hasNode(workflow, source) && !hashes.has(source));
      if (open.length > 0) {
        path.add(id);
        const circle = open.find((source) => path.has(source));
        if (circle !== undefined) {
          throw invalid(`The links of node ${circle} run in a circle`, { nodeId: circle });
        }
        stack.push(...new Set(open));
        continue;
      }
      const parts = Object.keys(inputs)
        .sort()
        .map((name) => {
          const value = inputs[name]!;
          if (isLink(value)) return [name, 'link', hashes.get(value[0]) ?? 'nowhere', value[1]];
          return [name, isLeftOut(id, name) ? 'slot' : canonicalValue(value)];
        });
      hashes.set(id, sha256Hex(JSON.stringify([class_type, parts])));
      path.delete(id);
      stack.pop();
    }
  }
  return hashes;
}

/** API-format JSON of a workflow, exact up to 2^64 − 1; `indent` in spaces, default none. */
export function stringifyWorkflow(
  workflow: Workflow,
  options: { indent?: number | undefined } = {},
): string {
  return stringifyJson(workflow, options.indent);
}

/**
 * A text that is equal for equal JSON values, whatever the order of their keys; `1` and `1n` are the same
 * seed. `undefined` where there is no value.
 */
export function canonicalValue(value: unknown): string {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return String(JSON.stringify(value));
  if (Array.isArray(value)) return `[${value.map(canonicalValue).join(',')}]`;
  const entries = Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, item]) => `${JSON.stringify(key)}:${canonicalValue(item)}`);
  return `{${entries.join(',')}}`;
}
