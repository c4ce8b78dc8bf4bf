import type { Workflow } from '../spec/index.ts';
import { hasNode, reachableNodes } from './graph.ts';

/** What an output hangs on: all nodes before it, and those of them that draw noise. */
interface Reach {
  id: string;
  sources: Set<string>;
  samplers: Set<string>;
}

/** Inputs of samplers and of what gives them their noise, whatever their class. */
const SAMPLES = /seed$|^noise$|^latent_image$/;

function reachOf(workflow: Workflow, id: string): Reach {
  const sources = reachableNodes(workflow, [id]);
  sources.delete(id);
  const isSampler = (node: string) =>
    Object.keys(workflow[node]!.inputs ?? {}).some((input) => SAMPLES.test(input));
  return { id, sources, samplers: new Set([...sources].filter(isSampler)) };
}

/**
 * Output nodes, the one furthest behind first: that through which most samplers went, then most nodes. Of equals one
 * that names its files comes first, then as given.
 */
export function rankOutputs(workflow: Workflow, outputs: readonly string[]): string[] {
  const names = ({ id }: Reach) =>
    Number(Object.hasOwn(workflow[id]!.inputs ?? {}, 'filename_prefix'));
  return outputs
    .map((id) => reachOf(workflow, id))
    .toSorted(
      (a, b) =>
        b.samplers.size - a.samplers.size || b.sources.size - a.sources.size || names(b) - names(a),
    )
    .map(({ id }) => id);
}

/**
 * The outputs that no other leaves behind: a draft is sampled on, so its samplers are among those of the finished
 * picture. Of what was sampled alike only one stays: of the smallest `rank`, then furthest behind, then as given.
 */
export function mainOutputs(
  workflow: Workflow,
  outputs: readonly string[],
  rank: (id: string) => number,
): string[] {
  const all = outputs.filter((id) => hasNode(workflow, id)).map((id) => reachOf(workflow, id));
  const leaves = (other: Reach, one: Reach): boolean => {
    if (other === one || !isWithin(one.samplers, other.samplers)) return false;
    if (one.samplers.size < other.samplers.size) return true;
    if (one.samplers.size === 0 && !isWithin(one.sources, other.sources)) return false;
    const apart = rank(one.id) - rank(other.id) || other.sources.size - one.sources.size;
    return apart === 0 ? all.indexOf(other) < all.indexOf(one) : apart > 0;
  };
  return all.filter((one) => !all.some((other) => leaves(other, one))).map(({ id }) => id);
}

const isWithin = (small: Set<string>, large: Set<string>) =>
  [...small].every((id) => large.has(id));
