import type { Workflow } from '../spec/index.ts';
import { hasNode, reachableNodes } from './graph.ts';

/** What an output hangs on: all nodes before it, and those of them that draw noise. */
interface Reach {
  id: string;
  /** 1 where it names its files, 0 where it only shows them: a preview is gone soon. */
  saves: number;
  sources: Set<string>;
  samplers: Set<string>;
}

/** Inputs of samplers and of what gives them their noise, whatever their class. */
const SAMPLES = /seed$|^noise$|^latent_image$/;

const NAMES = /file_?name|prefix/i;

function reachOf(workflow: Workflow, id: string): Reach {
  const sources = reachableNodes(workflow, [id]);
  sources.delete(id);
  const isSampler = (node: string) =>
    Object.keys(workflow[node]!.inputs ?? {}).some((input) => SAMPLES.test(input));
  const saves = Number(Object.keys(workflow[id]!.inputs ?? {}).some((input) => NAMES.test(input)));
  return { id, saves, sources, samplers: new Set([...sources].filter(isSampler)) };
}

/**
 * Output nodes, the one furthest behind first: that through which most samplers went. Of equals one that saves comes
 * before one that only shows, then that with most nodes before it, then as given.
 */
export function rankOutputs(workflow: Workflow, outputs: readonly string[]): string[] {
  return outputs
    .map((id) => reachOf(workflow, id))
    .toSorted(
      (a, b) =>
        b.samplers.size - a.samplers.size || b.saves - a.saves || b.sources.size - a.sources.size,
    )
    .map(({ id }) => id);
}

/**
 * The outputs that no other leaves behind: a draft is sampled on, so its samplers are among those of the finished
 * picture. Of what was sampled alike only one stays: of the smallest `rank`, then one that saves, then furthest behind,
 * then as given.
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
    const apart =
      rank(one.id) - rank(other.id) ||
      other.saves - one.saves ||
      other.sources.size - one.sources.size;
    return apart === 0 ? all.indexOf(other) < all.indexOf(one) : apart > 0;
  };
  return all.filter((one) => !all.some((other) => leaves(other, one))).map(({ id }) => id);
}

const isWithin = (small: Set<string>, large: Set<string>) =>
  [...small].every((id) => large.has(id));
