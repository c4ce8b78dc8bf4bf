import type { SlotRef, Workflow } from '../../spec/index.ts';
import { hasNode, linksOf } from '../graph.ts';
import { GROWTH, NOT_A_PICTURE, SCHEDULERS } from './node-bounds.ts';

/** Upper bounds of what one node gives. */
interface Amounts {
  /** Characters, also of the texts behind a condition. */
  text: number;
  conditions: number;
  /** Width × height of one picture, times its frames. */
  area: number;
  batch: number;
  /** How often it runs, where lists come in. */
  times: number;
  /** Noise levels. */
  levels: number;
}

/** What a graph makes its server do, at most. */
export interface WorkEstimate {
  /** The node with the largest of each; steps and work are of all nodes together. */
  text: Peak;
  conditions: Peak;
  batch: Peak;
  /** Width × height × batch. */
  pixels: Peak;
  /** Steps of all samplers, each as often as it runs. */
  steps: number;
  /** Steps × conditions × pixels of all samplers, and a step for each tile of a node that works in tiles. */
  work: number;
  /** Inputs that matter and hold no number, or a 0 by which the server computes a side itself. */
  unknown: SlotRef[];
}

/** The largest amount, and the node that has it. */
interface Peak {
  amount: number;
  node: string | undefined;
}

type NumberAt = (node: string, input: string) => number | undefined;

const MODEL_AREA = 4 ** 2;
// A picture of a file: 2048 × 2048.
const FILE_AREA = 2 ** 22;
const TILE_AREA = 2 ** 16;
const NOTHING: Amounts = { text: 0, conditions: 1, area: 0, batch: 1, times: 1, levels: 0 };

/**
 * Counts along the graph: what a node gives is what it is given, as often as it is given it. An upper bound, not a
 * simulation; shrinking is not counted.
 */
export function countWork(workflow: Workflow, numberAt: NumberAt): WorkEstimate {
  const peak = (): Peak => ({ amount: 0, node: undefined });
  const estimate: WorkEstimate = {
    text: peak(),
    conditions: peak(),
    batch: peak(),
    pixels: peak(),
    steps: 0,
    work: 0,
    unknown: [],
  };
  const known = new Map<string, Amounts>();
  for (const node of inOrder(workflow)) {
    const amounts = boundNode(workflow, node, known, numberAt, estimate);
    known.set(node, amounts);
    raise(estimate.text, amounts.text, node);
    raise(estimate.conditions, amounts.conditions, node);
    raise(estimate.batch, amounts.batch, node);
    raise(estimate.pixels, amounts.area * amounts.batch, node);
  }
  return estimate;
}

function raise(peak: Peak, amount: number, node: string): void {
  if (amount > peak.amount) Object.assign(peak, { amount, node });
}

/** Ids so that each comes after all that it is given; those of a cycle come last. */
function inOrder(workflow: Workflow): Iterable<string> {
  const order = new Set<string>();
  const begun = new Set<string>();
  for (const root of Object.keys(workflow)) {
    const stack = [root];
    for (let id = stack.at(-1); id !== undefined; id = stack.at(-1)) {
      const sources = linksOf(workflow[id]!.inputs).map(([, [source]]) => source);
      const open = begun.has(id)
        ? []
        : sources.filter((source) => hasNode(workflow, source) && !order.has(source));
      begun.add(id);
      if (open.length === 0) order.add(stack.pop()!);
      else stack.push(...open);
    }
  }
  return order;
}

function boundNode(
  workflow: Workflow,
  node: string,
  known: ReadonlyMap<string, Amounts>,
  numberAt: NumberAt,
  estimate: WorkEstimate,
): Amounts {
  const { class_type, inputs } = workflow[node]!;
  const growth = GROWTH.get(class_type);
  const given = linksOf(inputs).map(([name, [source]]) => ({
    name,
    from: known.get(source) ?? NOTHING,
  }));
  const texts = Object.values(inputs).flatMap((value) =>
    typeof value === 'string' ? value.length : [],
  );
  const read = (input: string, fallback = 1): number => {
    if (!Object.hasOwn(inputs, input)) return fallback;
    const value = numberAt(node, input);
    if (value === undefined || value <= 0) estimate.unknown.push({ node, input });
    return Math.max(value ?? fallback, 0);
  };
  const most = (key: keyof Amounts) =>
    given.reduce((max, { from }) => Math.max(max, from[key]), NOTHING[key]);
  const all = (key: keyof Amounts) => given.reduce((sum, { from }) => sum + from[key], 0);
  const own: Amounts = {
    text: Math.max(most('text'), ...texts),
    conditions: most('conditions'),
    area: most('area'),
    batch: Math.max(most('batch'), read('batch_size')),
    times: most('times'),
    levels: most('levels'),
  };
  if ('width' in inputs && 'height' in inputs && !NOT_A_PICTURE.test(class_type)) {
    own.area = Math.max(own.area, read('width') * read('height') * read('length'));
  }
  if ('megapixels' in inputs) own.area = Math.max(own.area, read('megapixels') * 2 ** 20);
  if ('scale_by' in inputs) own.area *= Math.max(1, read('scale_by')) ** 2;
  if (growth === 'pair') {
    const side = (sign: RegExp) => conditionsOf(given.filter(({ name }) => sign.test(name)));
    own.conditions = Math.max(1, side(/positive/), side(/negative/));
    own.text = all('text');
  } else if (growth === 'sum') {
    own.text = all('text') + texts.reduce((sum, length) => sum + length, 0);
    own.conditions = Math.max(1, conditionsOf(given));
    own.batch = Math.max(1, givenPictures(given));
  } else if (growth === 'replace') {
    own.text = (all('text') + 1) * Math.max(1, ...texts, most('text')) + Math.max(0, ...texts);
  } else if (growth === 'repeat') own.batch *= Math.max(1, read('amount'));
  else if (growth === 'beside') own.area *= 4;
  else if (growth === 'list') own.times *= own.batch;
  else if (growth === 'levels') own.levels *= 1 + read('steps');
  else if (growth === 'model-scale') own.area *= MODEL_AREA;
  else if (growth === 'file') own.area = Math.max(own.area, FILE_AREA);
  else if (growth === 'tiled') estimate.work += tilesOf(own, read('tile_size', 512)) * TILE_AREA;

  const takesLevels = given.find(({ name }) => name === 'sigmas')?.from.levels;
  const hasLatent = given.some(({ name }) => /latent|samples/.test(name));
  if (SCHEDULERS.has(class_type)) own.levels = read('steps');
  else if (
    growth !== 'levels' &&
    (Object.hasOwn(inputs, 'steps') || (takesLevels !== undefined && hasLatent))
  ) {
    const steps = (Object.hasOwn(inputs, 'steps') ? read('steps') : (takesLevels ?? 0)) * own.times;
    estimate.steps += steps;
    estimate.work += steps * conditionsOf(given) * own.area * own.batch;
    // A latent holds no text and no condition any more.
    return { ...own, text: 0, conditions: 1, levels: 0 };
  }
  return own;
}

type Given = readonly { name: string; from: Amounts }[];

/** Only what may hold conditions counts: a model and a picture hold none. */
const conditionsOf = (given: Given): number =>
  given
    .filter(({ name }) => /cond|positive|negative|guider/.test(name))
    .reduce((sum, { from }) => sum + from.conditions, 0);

/** Each of the pictures or latents that are put together; for conditions and texts the largest batch stays. */
const givenPictures = (given: Given): number => {
  const pictures = given.filter(({ name }) => /image|samples|latent|mask/.test(name));
  const counted = pictures.length > 0 ? pictures : given;
  const batches = counted.map(({ from }) => from.batch);
  return pictures.length > 0
    ? batches.reduce((sum, batch) => sum + batch, 0)
    : Math.max(1, ...batches);
};

/** Tiles overlap by a quarter at most. */
const tilesOf = ({ area, batch }: Amounts, size: number): number =>
  Math.ceil((area * batch) / Math.max(1, 0.75 * size) ** 2);
