import type { CheckedNode } from './checked-graph.ts';
import { linksOf } from './checked-graph.ts';
import type { NodeResult } from './result-cache.ts';

/** The results of a run that nodes still need. */
export interface HeldResults {
  get(id: string): NodeResult | undefined;
  /** Keeps what later nodes will ask for, and lets go of what nobody asks for any more. */
  keep(node: CheckedNode, result: NodeResult): void;
  /** The bytes of all that is held, each array counted once however many values share it. */
  bytes(): number;
}

/** Makes the store for a run of these nodes, in this order. */
export function createHeldResults(nodes: readonly CheckedNode[]): HeldResults {
  const results = new Map<string, NodeResult>();
  const lastUser = new Map<string, string>();
  for (const node of nodes) for (const [source] of linksOf(node)) lastUser.set(source, node.id);
  return {
    get: (id) => results.get(id),
    keep(node, result) {
      if (lastUser.has(node.id)) results.set(node.id, result);
      for (const [source] of linksOf(node)) {
        if (lastUser.get(source) === node.id) results.delete(source);
      }
    },
    bytes() {
      const arrays = new Set<ArrayBufferLike>();
      for (const { outputs } of results.values()) collectArrays(outputs, arrays);
      return [...arrays].reduce((sum, { byteLength }) => sum + byteLength, 0);
    },
  };
}

function collectArrays(value: unknown, found: Set<ArrayBufferLike>): void {
  if (ArrayBuffer.isView(value)) found.add(value.buffer);
  else if (Array.isArray(value)) for (const item of value) collectArrays(item, found);
  else if (typeof value === 'object' && value !== null && !isModel(value)) {
    for (const item of Object.values(value)) collectArrays(item, found);
  }
}

// Models hold functions, and what they hold besides is the library's.
const isModel = (value: object) =>
  Object.values(value).some((item) => typeof item === 'function') || 'diffusion' in value;
