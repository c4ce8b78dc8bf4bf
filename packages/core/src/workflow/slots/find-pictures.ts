import type { SlotRef, Slots, Workflow } from '../../spec/index.ts';
import { compareIds, linksOf } from '../graph.ts';
import { isConditioning, isPicture, sideOf } from './input-names.ts';
import { traceNumber } from './trace-number.ts';

/** What a picture is to the graph, the likeliest to be meant by "the picture" first. */
const USES = ['start', 'edit', 'control', 'reference', 'other'] as const;
type Use = (typeof USES)[number];

const FILE = /\.(png|jpe?g|webp|bmp|gif|tiff?)( \[\w+\])?$/i;
const PLACEHOLDER = /^(%.+%|\$?\{.+\}|__.+__|<.+>)$/;
const HOLDS_FILE = /^(image|mask|picture|photo|file|filename|image_(file|name))$/i;
/** Links that no picture comes through, nor what is made of one on its way into a latent. */
const CARRIES_NONE =
  /model|(^|_)clip|vae|control_?net|noise$|sampler|sigmas|guider|embed|text|prompt|string|seed|lora|width|height|size|pipe/i;
const isMask = (name: string) => /mask|alpha/i.test(name);
const isLatent = (name: string) => /latent|samples/i.test(name);

/**
 * The pictures that a graph takes, from the nodes that hold a picture's file name, by what they lead to: `image` is
 * what a first pass starts from, or what is edited; `mask` says where it is painted anew; `control` reaches a
 * ControlNet; `reference` is looked at; any other has its node's title or id. `strength` is the denoise of the passes
 * that start from a picture.
 */
export function findPictures(
  workflow: Workflow,
  makers: readonly string[],
): Pick<Slots, 'pictures' | 'strength'> {
  const loaders = Object.keys(workflow)
    .sort(compareIds)
    .flatMap((node) => loaderOf(workflow, node) ?? []);
  if (loaders.length === 0) return {};
  const users = usersOf(workflow);
  const passes = new Set<string>();
  const masks: SlotRef[] = [];
  const found = loaders.flatMap(({ slot, title }) => {
    const from = (wanted: number) =>
      follow(
        workflow,
        { users, makers, passes },
        (users.get(slot.node) ?? []).filter(({ output }) => output === wanted),
      );
    const whole = from(0);
    const use = USES.find((one) => whole.uses.has(one));
    const isOnlyMask = whole.masks && (use === undefined || use === 'other');
    // The second output is the picture's transparency.
    if (from(1).masks || isOnlyMask) masks.push(slot);
    return use === undefined || isOnlyMask ? [] : [{ slot, title, use }];
  });
  const pictures = nameAll(found);
  for (const [at, slot] of masks.entries()) pictures[numbered('mask', at)] = [slot];
  const strength = [...passes].sort(compareIds).flatMap((id) => denoiseOf(workflow, id));
  return {
    ...(Object.keys(pictures).length > 0 && { pictures }),
    ...(strength.length > 0 && { strength }),
  };
}

interface Loader {
  slot: SlotRef;
  /** What somebody called the node, in kebab-case. */
  title: string | undefined;
}

/** A node that names a picture's file and takes no picture itself. */
function loaderOf(workflow: Workflow, id: string): Loader | undefined {
  const { class_type, inputs, _meta } = workflow[id]!;
  if (linksOf(inputs).some(([name]) => isPicture(name))) return undefined;
  const isLoader = /load_?image|image_?load/i.test(class_type);
  const input = Object.keys(inputs).find((name) => {
    const value = inputs[name];
    if (!HOLDS_FILE.test(name) || typeof value !== 'string') return false;
    if (isLoader && name === 'image') return true;
    // What lies elsewhere than in the server's folder can't be stored there.
    const isElsewhere = /:\/\/|^(\/|[a-z]:)/i.test(value);
    return !isElsewhere && (FILE.test(value) || PLACEHOLDER.test(value));
  });
  if (input === undefined) return undefined;
  const title = kebab(_meta?.title ?? '');
  const isOwn = title !== '' && !title.startsWith('load-image') && title !== kebab(class_type);
  return { slot: { node: id, input }, title: isOwn ? title : undefined };
}

const kebab = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, 40);

/** A link seen from its source. */
interface Step {
  output: number;
  node: string;
  input: string;
}

function usersOf(workflow: Workflow): Map<string, Step[]> {
  const users = new Map<string, Step[]>();
  for (const [node, { inputs }] of Object.entries(workflow))
    for (const [input, [source, output]] of linksOf(inputs)) {
      const steps = users.get(source) ?? [];
      steps.push({ output, node, input });
      users.set(source, steps);
    }
  return users;
}

interface Followed {
  users: Map<string, Step[]>;
  makers: readonly string[];
  /** Gets the makers that start from a picture. */
  passes: Set<string>;
}

/** What a picture becomes: forward through whatever changes it, up to the nodes that look at it. */
function follow(
  workflow: Workflow,
  { users, makers, passes }: Followed,
  start: readonly Step[],
): { uses: Set<Use>; masks: boolean } {
  const uses = new Set<Use>();
  let masks = false;
  const queue = [...start];
  const seen = new Set<string>();
  for (const { node, input } of queue) {
    const links = linksOf(workflow[node]!.inputs).map(([name]) => name);
    const has = (test: (name: string) => boolean) => links.some(test);
    const key = `${node} ${input}`;
    if (seen.has(key) || (CARRIES_NONE.test(input) && !isMask(input))) continue;
    seen.add(key);
    if (isMask(input) && has((name) => isLatent(name) || /^(vae|pixels)$/.test(name))) {
      masks = true;
      continue;
    }
    if (makers.includes(node)) {
      uses.add('start');
      if (isLatent(input) || isPicture(input)) passes.add(node);
      continue;
    }
    const next = users.get(node) ?? [];
    const patches = has((name) => name === 'model');
    const isControl =
      has((name) => /control_?net|model_patch/i.test(name)) || /control/i.test(input);
    if (isControl) uses.add(patches ? 'reference' : 'control');
    else if (
      has((name) => isConditioning(name) || sideOf(name) !== undefined || name === 'clip') ||
      next.some((one) => /embed/.test(one.input))
    ) {
      uses.add('edit');
      // An inpainting conditioning also gives the latent that the pass starts from.
      if (has((name) => name === 'vae')) queue.push(...next.filter(isStart));
    } else if (
      (patches || /clip_vision|ipadapter|style_model|pulid/.test(links.join())) &&
      !next.some((one) => isPicture(one.input))
    ) {
      uses.add('reference');
    } else {
      uses.add('other');
      queue.push(...next);
    }
  }
  return { uses, masks };
}

const isStart = ({ input }: Step) => isLatent(input);

const numbered = (name: string, at: number) => (at === 0 ? name : `${name}-${at + 1}`);

/** A name for each picture; several of one use are told apart by numbers. */
function nameAll(found: (Loader & { use: Use })[]): { [name: string]: SlotRef[] } {
  const first = USES.slice(0, 2).find((use) => found.some((one) => one.use === use));
  const rest = found.filter(({ use }) => use === 'other');
  const named: { [name: string]: SlotRef[] } = {};
  for (const { slot, title, use } of found) {
    const isMain = use === first || (first === undefined && use === 'other' && rest.length === 1);
    const own = use === 'reference' || use === 'edit' ? 'reference' : `node-${kebab(slot.node)}`;
    const name = isMain ? 'image' : use === 'control' ? 'control' : (title ?? own);
    const free = found.map((_, at) => numbered(name, at)).find((one) => !Object.hasOwn(named, one));
    named[free!] = [slot];
  }
  return named;
}

/** The denoise of a pass, or of the scheduler that gives it its noise levels. */
function denoiseOf(workflow: Workflow, start: string): SlotRef[] {
  const seen = new Set<string>();
  for (let id: string | undefined = start; id !== undefined && !seen.has(id); ) {
    seen.add(id);
    const { inputs }: Workflow[string] = workflow[id] ?? { class_type: '', inputs: {} };
    if ('denoise' in inputs) return traceNumber(workflow, id, 'denoise');
    id = linksOf(inputs).find(([name]) => /sigmas/.test(name))?.[1][0];
  }
  return [];
}
