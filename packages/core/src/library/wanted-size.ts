import type { Brief, Flow, NodeCatalogue, Slots, Workflow } from '../spec/index.ts';
import { numberAt, sideRule } from '../workflow/bind-numbers.ts';
import { isLink } from '../workflow/graph.ts';
import { isNoLatent } from '../workflow/slots/input-names.ts';
import { sizesOf } from './model-sizes.ts';

/** A graph that is to be given a size: a flow's own, or one that a selector wrote in its place. */
export interface SizedGraph extends Pick<Flow, 'defaults' | 'sizes' | 'baseModel'> {
  workflow: Workflow;
  slots: Slots;
}

type Size = { width: number | undefined; height: number | undefined };
/** What a brief says of the size. */
export type SizeWish = Pick<
  Brief,
  'width' | 'height' | 'aspectRatio' | 'longestSide' | 'exactSize'
>;

/** Whether a brief asks for a size at all. */
export const asksSize = ({ width, height, aspectRatio, longestSide }: Partial<SizeWish>): boolean =>
  [width, height, aspectRatio, longestSide].some((one) => one !== undefined);

/** A side that nobody states. */
const OPEN_SIDE = 1024;

/**
 * The size in pixels that a brief asks of a graph. A ratio keeps the graph's own area, or the side that is given, or
 * makes the longer side so long; sides that come out of it are rounded to what the nodes hold and the model draws.
 */
export function wantedSize(graph: SizedGraph, brief: SizeWish, catalogue?: NodeCatalogue): Size {
  const { width, height, aspectRatio, longestSide } = brief;
  const isTold = width !== undefined && height !== undefined;
  if (isTold || (aspectRatio === undefined && longestSide === undefined)) return { width, height };
  const own = { width: ownSide(graph, 'width'), height: ownSide(graph, 'height') };
  const ratio = aspectRatio ? aspectRatio.width / aspectRatio.height : own.width / own.height;
  const side = sideMaker(graph, catalogue);
  if (longestSide !== undefined) {
    return ratio >= 1
      ? { width: longestSide, height: side('height', longestSide / ratio) }
      : { width: side('width', longestSide * ratio), height: longestSide };
  }
  if (width !== undefined) return { width, height: height ?? side('height', width / ratio) };
  if (height !== undefined) return { width: side('width', height * ratio), height };
  const { best = [] } = sizesOf(graph);
  const made = best.find(([w, h]) => w / h === ratio && w * h === own.width * own.height);
  if (made !== undefined) return { width: made[0], height: made[1] };
  const root = Math.sqrt(own.width * own.height * ratio);
  return { width: side('width', root), height: side('height', root / ratio) };
}

/** The side that a graph has when nobody asks for one, in pixels. */
export function ownSide(
  { workflow, slots, defaults }: SizedGraph,
  name: 'width' | 'height',
): number {
  const [ref] = slots[name];
  return defaults[name] ?? (ref && numberAt({ workflow }, ref)) ?? OPEN_SIDE;
}

function sideMaker(graph: SizedGraph, catalogue: NodeCatalogue | undefined) {
  const { workflow, slots } = graph;
  const binding = { workflow, slots, catalogue, warnings: [] };
  return (name: 'width' | 'height', length: number): number => {
    const { min, max, step } = sideRule(binding, slots[name]);
    // One more coarse than what the nodes hold is theirs too, as every model's is a power of two.
    const by = Math.max(step, sizesOf(graph).multiple ?? 8);
    return Math.max(Math.ceil(min / by) * by, Math.min(max, Math.round(length / by) * by));
  };
}

/** Why a graph can't be given the size that a brief asks for; `undefined` where it can. */
export function whyNoSize(
  graph: SizedGraph,
  brief: SizeWish,
  catalogue?: NodeCatalogue,
): string | undefined {
  if (!asksSize(brief)) return undefined;
  const { workflow, slots } = graph;
  const wanted = wantedSize(graph, brief, catalogue);
  const binding = { workflow, slots, catalogue, warnings: [] };
  for (const name of ['width', 'height'] as const) {
    const length = wanted[name];
    if (length === undefined) continue;
    if (slots[name].length === 0)
      return `has no input for the ${name}: its size is its own, or a picture's`;
    const { min, max, step } = sideRule(binding, slots[name]);
    if (length < min || length > max)
      return `takes a ${name} from ${min} to ${max}; ${length} was asked for`;
    if (brief.exactSize && length % step !== 0 && length !== min && length !== max)
      return `takes a ${name} in steps of ${step}; ${length} was asked for`;
  }
  const resizer = brief.exactSize ? resizerBehind(graph) : undefined;
  return resizer && `makes the picture another size than is asked for: node ${resizer} scales it`;
}

const RESIZES =
  /^(upscale|scale_by|rescale|resize|megapixels|longest|largest|smallest)|upscale_(model|by|factor)|_resize/;

/** A node between what makes the latent and the picture that gives it another size. */
function resizerBehind({ workflow, slots }: SizedGraph): string | undefined {
  const sources = new Set(slots.width.map(({ node }) => node));
  const links = (id: string) =>
    Object.entries(workflow[id]!.inputs).filter(
      ([name, value]) => isLink(value) && !isNoLatent(name) && Object.hasOwn(workflow, value[0]),
    ) as [string, [string, number]][];
  // Of a node that scales only what comes from the sized latent counts, not a picture beside it.
  const behind = new Map<string, boolean>();
  const comesFrom = (id: string): boolean => {
    const known = behind.get(id);
    if (known !== undefined) return known;
    behind.set(id, false);
    const found = links(id).some(([, [source]]) => sources.has(source) || comesFrom(source));
    behind.set(id, found);
    return found;
  };
  return Object.keys(workflow).find((id) => {
    const names = Object.keys(workflow[id]!.inputs);
    const isSized = names.includes('width') && !sources.has(id);
    return (isSized || names.some((name) => RESIZES.test(name))) && comesFrom(id);
  });
}
