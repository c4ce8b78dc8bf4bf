import { ComfygenError } from '../errors/comfygen-error.ts';
import type {
  InputValue,
  NodeCatalogue,
  SlotName,
  SlotRef,
  Slots,
  Warning,
  Workflow,
} from '../spec/index.ts';
import { hasNode, linksOf } from './graph.ts';
import { own } from './json-shape.ts';
import { factOf } from './slots/node-facts.ts';
import { type DeclaredInput, declaredInputs, largest } from './validate/declared-inputs.ts';

/** A copy of a graph that is being filled. */
export interface Binding {
  workflow: Workflow;
  slots: Slots;
  /** The server's node classes, where they are known: what is written then fits their ranges. */
  catalogue: NodeCatalogue | undefined;
  warnings: Warning[];
}

/** Writes a slot's inputs; `undefined` leaves one as it is. @throws MISSING_SLOT */
export function fillSlot(
  binding: Binding,
  slot: SlotName,
  value: (ref: SlotRef, old: InputValue) => InputValue | undefined,
): void {
  fillRefs(binding, slot, binding.slots[slot], value);
}

/** The same for inputs by themselves; `slot` names them where one is not there. @throws MISSING_SLOT */
export function fillRefs(
  { workflow }: Binding,
  slot: string,
  refs: readonly SlotRef[],
  value: (ref: SlotRef, old: InputValue) => InputValue | undefined,
): void {
  for (const ref of refs) {
    const inputs = hasNode(workflow, ref.node) ? workflow[ref.node]!.inputs : {};
    if (!Object.hasOwn(inputs, ref.input)) {
      const message = `Slot ${slot} names ${ref.input} of node ${ref.node}, which the workflow has not.`;
      throw new ComfygenError('MISSING_SLOT', message, { details: { slot, ref } });
    }
    const old = inputs[ref.input]!;
    inputs[ref.input] = value(ref, old) ?? old;
  }
}

/** One seed for every sampler. Where a class takes fewer, it is written modulo as many as that takes. */
export function bindSeed(binding: Binding, seed: number | bigint): void {
  fillSlot(binding, 'seed', (ref, old) => {
    const [low, high] = seedRange(binding, ref);
    const given = BigInt(seed);
    const fits = given >= low && given <= high;
    const written = fits ? given : low + (given % (high - low + 1n));
    if (!fits) {
      const message = `${placeOf(binding, ref)} takes seeds from ${low} to ${high}; ${seed} was written as ${written}, as it always is.`;
      binding.warnings.push({ code: 'seed-wrapped', message });
    }
    const exact = written <= Number.MAX_SAFE_INTEGER ? Number(written) : written;
    return inForm(old, exact, specOf(binding, ref));
  });
}

const NO_LIMIT = 2n ** 64n - 1n;

/** What the input declares, and where a number node holds the seed, what the inputs declare that it feeds. */
function seedRange(binding: Binding, ref: SlotRef): [low: bigint, high: bigint] {
  const fed = Object.entries(binding.workflow).flatMap(([node, { inputs }]) =>
    linksOf(inputs)
      .filter(([input, [source]]) => source === ref.node && /seed/i.test(input))
      .map(([input]) => ({ node, input })),
  );
  let [low, high] = [0n, NO_LIMIT];
  for (const one of [ref, ...fed]) {
    const { type, options = {} } = specOf(binding, one) ?? {};
    const top = largest(options);
    if (type !== 'INT') continue;
    if (Number.isInteger(Number(top)) && BigInt(top!) < high) high = BigInt(top!);
    const { min } = options;
    if (Number.isSafeInteger(min) && BigInt(min as number) > low) low = BigInt(min as number);
  }
  return low <= high ? [low, high] : [0n, NO_LIMIT];
}

/** The sides that a brief or a flow's defaults ask for, in pixels. */
export type WantedSize = { [side in 'width' | 'height']?: number | undefined };

/**
 * The picture's size, which is that of the first input of each side. Inputs that had the same follow it; a size that
 * was larger or smaller by the same factor in both sides stays so; any other stays as it is, with `size-kept`.
 *
 * @throws INVALID_BRIEF unless each side is a whole number within what the nodes take.
 */
export function bindSize(binding: Binding, wanted: WantedSize): void {
  const factors = new Map<string, number | undefined>();
  for (const side of ['width', 'height'] as const)
    for (const ref of binding.slots[side])
      factors.set(`${ref.node}.${ref.input}`, factorOf(binding, side, ref));
  for (const side of ['width', 'height'] as const) {
    const size = wanted[side];
    if (size === undefined) continue;
    const refs = binding.slots[side];
    const followers = refs.filter(({ node, input }) => factors.get(`${node}.${input}`) === 1);
    const snapped = snapSize(binding, followers, side, size);
    fillSlot(binding, side, (ref, old) => {
      const factor = factors.get(`${ref.node}.${ref.input}`);
      if (factor === undefined) {
        const message = `${placeOf(binding, ref)} stays ${old}: it did not follow the picture's ${side}.`;
        binding.warnings.push({ code: 'size-kept', message });
        return undefined;
      }
      const { min, max, step } = ruleOf(binding, ref);
      const scaled = Math.round((snapped * factor) / step) * step;
      const value = factor === 1 ? snapped : Math.max(min, Math.min(max, scaled));
      return inForm(old, value, specOf(binding, ref));
    });
  }
}

/** How many times the picture's side an input holds; 1 where that can't be told, `undefined` where it has its own size. */
function factorOf(binding: Binding, side: 'width' | 'height', ref: SlotRef): number | undefined {
  const ratio = (name: 'width' | 'height', one: SlotRef) => {
    const [first] = binding.slots[name];
    const [size, picture] = [numberAt(binding, one), first && numberAt(binding, first)];
    return size && picture ? size / picture : undefined;
  };
  const own = ratio(side, ref) ?? 1;
  if (own === 1) return 1;
  const other = side === 'width' ? 'height' : 'width';
  const input = ref.input.replace(/width|height/i, other);
  const twin = binding.slots[other].find((one) => one.node === ref.node && one.input === input);
  const across = twin === undefined ? own : ratio(other, twin);
  return across !== undefined && Math.abs(across / own - 1) < 0.01 ? own : undefined;
}

/** The largest side that ComfyUI's own nodes take, in pixels. */
const MAX_SIDE = 16_384;

/** Smallest side and step of the nodes that make latents and images, in pixels. */
const RULES: Record<string, { min: number; step: number }> = {
  EmptyLatentImage: { min: 16, step: 8 },
  EmptySD3LatentImage: { min: 16, step: 16 },
  EmptyFlux2LatentImage: { min: 16, step: 16 },
  StableCascade_EmptyLatentImage: { min: 256, step: 8 },
  EmptyImage: { min: 1, step: 1 },
};

/** What holds where none of these nodes is told the size, as with a number node: 8 suits every codec. */
const OTHERWISE = { min: 16, step: 8 };

/** What a node's input takes: core's own rule, what its class declares, or nothing that is known. */
function ruleOf(binding: Binding, ref: SlotRef) {
  const known = factOf(RULES, binding.workflow[ref.node]?.class_type);
  const { type, options = {} } = specOf(binding, ref) ?? {};
  const [min, max, step] = [options['min'], largest(options), options['step']];
  const declares = type === 'INT' && typeof min === 'number' && typeof step === 'number';
  const { min: low, step: by } = known ?? (declares ? { min, step } : { min: 1, step: 1 });
  const high = type === 'INT' && max !== undefined ? Math.min(MAX_SIDE, Number(max)) : MAX_SIDE;
  return {
    min: Math.max(1, low),
    max: high,
    step: Math.max(1, by),
    isKnown: Boolean(known ?? declares),
  };
}

/** What all of these inputs hold, in pixels. */
export function sideRule(binding: Binding, refs: readonly SlotRef[]) {
  const rules = refs.map((ref) => ruleOf(binding, ref));
  const known = rules.filter(({ isKnown }) => isKnown);
  const strict = known.length > 0 ? known : [OTHERWISE];
  return {
    min: Math.max(...strict.map((rule) => rule.min)),
    step: Math.max(...strict.map((rule) => rule.step)),
    max: Math.min(MAX_SIDE, ...rules.map((rule) => rule.max)),
  };
}

/** A side that all of these inputs can hold, nearest to the wanted one; rounding is said in `size-rounded`. */
function snapSize(
  binding: Binding,
  refs: readonly SlotRef[],
  side: 'width' | 'height',
  wanted: number,
): number {
  const { min, max, step } = sideRule(binding, refs);
  if (!Number.isInteger(wanted) || wanted < min || wanted > max) {
    const message = `The ${side} must be a whole number from ${min} to ${max} pixels; got ${wanted}.`;
    throw new ComfygenError('INVALID_BRIEF', message, { details: { side, wanted, min, max } });
  }
  const snapped = Math.max(min, Math.min(max, Math.round(wanted / step) * step));
  if (snapped !== wanted) {
    const message = `The ${side} ${wanted} was rounded to ${snapped}: this workflow takes multiples of ${step}.`;
    binding.warnings.push({ code: 'size-rounded', message });
  }
  return snapped;
}

/** How many pictures a job makes; without a count, and where they are the frames of a film, as many as the graph says. */
export function bindBatch(binding: Binding, count: number | undefined): void {
  const { workflow, slots, warnings } = binding;
  const batch = ownBatch(workflow, slots);
  const keep = (message: string) => warnings.push({ code: 'count-kept', message });
  if (isFilm(workflow) && slots.batchSize.length > 0) {
    if (batch > 1) keep(`The workflow's batch of ${batch} stays: these are the frames of a film.`);
  } else if (count !== undefined) {
    fillSlot(binding, 'batchSize', (ref, old) => inForm(old, count, specOf(binding, ref)));
  } else if (batch > 1) keep(`No count was given, so the workflow's own batch of ${batch} stays.`);
}

/** The images that a job of this graph makes by itself, 1 where it doesn't say. */
export function ownBatch(workflow: Workflow, slots: Slots): number {
  const sizes = slots.batchSize.map(({ node, input }) => Number(workflow[node]?.inputs[input]));
  return Math.max(1, ...sizes.filter(Number.isInteger));
}

const FILM_CLASS = /video|animat|motion|movie|gif\b/i;
const FILM_INPUT =
  /(^|_)(fps|frames?|framerate|motion|ping_?pong|loop_count)(_|$)|^context_length$/i;

/** Whether a graph makes moving pictures: what its latents hold are then frames, not pictures of a choice. */
export function isFilm(workflow: Workflow): boolean {
  return Object.values(workflow).some(
    ({ class_type, inputs }) =>
      FILM_CLASS.test(class_type) || Object.keys(inputs).some((name) => FILM_INPUT.test(name)),
  );
}

function specOf({ workflow, catalogue }: Binding, ref: SlotRef): DeclaredInput | undefined {
  const node = workflow[ref.node];
  const info = node && own(catalogue, node.class_type);
  return info === undefined ? undefined : declaredInputs(info, node!.inputs).get(ref.input);
}

export function numberAt(
  { workflow }: Pick<Binding, 'workflow'>,
  { node, input }: SlotRef,
): number | undefined {
  const value = workflow[node]?.inputs[input];
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && number > 0 ? number : undefined;
}

/** A number as the graph holds it: what was text stays text, unless the class declares a number there. */
function inForm(
  old: InputValue,
  value: number | bigint,
  spec: DeclaredInput | undefined,
): InputValue {
  if (typeof old !== 'string' || spec?.type === 'INT' || spec?.type === 'FLOAT') return value;
  return spec?.type === 'STRING' || /^\s*[-+]?\d/.test(old) ? String(value) : value;
}

const placeOf = ({ workflow }: Binding, { node, input }: SlotRef): string =>
  `Node ${node} (${workflow[node]!.class_type}).${input}`;
