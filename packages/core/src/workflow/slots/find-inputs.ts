import type { InputValue, SlotRef, Workflow } from '../../spec/index.ts';
import { compareIds, hasNode, isLink, linksOf, reachableNodes, requireShape } from '../graph.ts';
import { findModelInputs } from './find-model-inputs.ts';
import { isBundle, isConditioning, sideOf } from './input-names.ts';
import { findMakers } from './read-texts.ts';
import { traceNumber } from './trace-number.ts';

/** Inputs by name: where the value of each is written. */
export type NamedInputs = { [name: string]: SlotRef[] };

/** What a pass is told, by the names that nodes give it, and the links that it comes through. */
const SETTINGS: Record<string, { name: RegExp; isText?: boolean; through: RegExp }> = {
  steps: { name: /^(num_?|sampling_?|inference_?)*steps$/i, through: /sigmas/ },
  cfg: { name: /^(cfg(_?scale|_?conds)?|guidance_scale)$/i, through: /guider/ },
  sampler: { name: /^sampler(_?name)?$/i, isText: true, through: /^sampler$/ },
  scheduler: { name: /^scheduler(_?name)?$/i, isText: true, through: /sigmas/ },
  denoise: { name: /^denois(e|ing)(_?strength)?$/i, through: /sigmas/ },
  guidance: { name: /^(flux_?|distilled_?)?guidance$/i, through: /guider/ },
};

/**
 * Inputs of a graph beside the slots, by name, found by following the links back from the samplers: `steps`, `cfg`,
 * `sampler`, `scheduler`, `denoise` and `guidance` of the pass that makes the picture first, with `-2`, `-3` behind the
 * name those of the passes after it; the files of models (`checkpoint`, `diffusion-model`, `vae`, `text-encoder`,
 * `upscaler`, `lora` and others by their folder); and `lora:NAME`, a LoRA's strengths, with `lora:NAME:clip` for the
 * text encoder's alone. A pass that goes on with the schedule of the one before it counts as the same pass.
 *
 * @throws INVALID_WORKFLOW for a graph with a node that has no class or no inputs.
 */
export function findInputs(workflow: Workflow): NamedInputs {
  requireShape(workflow);
  const found: NamedInputs = { ...findModelInputs(workflow) };
  const seen = new Set<string>();
  for (const [place, ids] of passesOf(workflow).entries()) {
    for (const setting of Object.keys(SETTINGS)) {
      const refs = ids.flatMap((id) => settingOf(workflow, id, setting));
      // Of what several passes share the first is told.
      const own = refs.filter((ref) => !seen.has(`${setting} ${ref.node} ${ref.input}`));
      for (const { node, input } of own) seen.add(`${setting} ${node} ${input}`);
      if (own.length > 0) found[place === 0 ? setting : `${setting}-${place + 1}`] = unique(own);
    }
  }
  return found;
}

const unique = (refs: SlotRef[]): SlotRef[] => [
  ...new Map(refs.map((ref) => [`${ref.node} ${ref.input}`, ref])).values(),
];

/** The passes in the order in which they work on the picture, each with the nodes that carry it out. */
function passesOf(workflow: Workflow): string[][] {
  const makers = findMakers(workflow);
  const all = new Set(makers);
  const before = new Map(
    makers.map((id) => {
      const upstream = reachableNodes(workflow, [id]);
      return [id, makers.filter((one) => one !== id && upstream.has(one))];
    }),
  );
  const depth = (id: string) => before.get(id)!.length;
  const ordered = [...all].sort(
    (a, b) => depth(a) - depth(b) || startsLate(a) - startsLate(b) || compareIds(a, b),
  );
  const passes: string[][] = [];
  for (const id of ordered) {
    const { inputs } = workflow[id]!;
    const previous = goesOn(inputs)
      ? passes.find((ids) => ids.some((one) => before.get(id)!.includes(one)))
      : undefined;
    if (previous) previous.push(id);
    else passes.push([id]);
  }
  return passes;

  /** Of passes that need none before them, those that begin with nothing but noise go first. */
  function startsLate(id: string): number {
    const [ref] = settingOf(workflow, id, 'denoise');
    const denoise = ref === undefined ? 1 : Number(valueAt(workflow, ref));
    return denoise < 1 ? 1 : 0;
  }
}

/** Whether a pass takes over a picture that is half done: it begins at a later step. */
function goesOn(inputs: { [name: string]: InputValue }): boolean {
  const start = inputs['start_at_step'] ?? inputs['start_step'];
  return start !== undefined && (isLink(start) || Number(start) > 0);
}

function valueAt(workflow: Workflow, { node, input }: SlotRef): InputValue | undefined {
  return workflow[node]?.inputs[input];
}

/** Where a pass is told a setting: in its own node, or in the nearest one that hands it over. */
function settingOf(workflow: Workflow, start: string, setting: string): SlotRef[] {
  const { name: pattern, isText, through } = SETTINGS[setting]!;
  const queue = [start];
  const seen = new Set(queue);
  for (const id of queue) {
    const { inputs } = workflow[id]!;
    for (const name of Object.keys(inputs).filter((one) => pattern.test(one))) {
      const refs = isText ? traceChoice(workflow, id, name) : traceNumber(workflow, id, name);
      if (refs.length > 0 && refs.every((ref) => isLiteral(valueAt(workflow, ref)))) return refs;
    }
    for (const [name, [source]] of linksOf(inputs)) {
      const leads =
        through.test(name) ||
        isBundle(name) ||
        /config|settings|params/.test(name) ||
        (setting === 'guidance' && (isConditioning(name) || sideOf(name) === 'positive'));
      if (!leads || seen.has(source) || !hasNode(workflow, source)) continue;
      seen.add(source);
      queue.push(source);
    }
  }
  return [];
}

/** A placeholder such as `%steps%` is a literal too. */
const isLiteral = (value: InputValue | undefined) =>
  value !== undefined && typeof value !== 'object';

/** Where the word of a list is written: there, or in the node that gives it. */
function traceChoice(workflow: Workflow, node: string, input: string): SlotRef[] {
  const word = /sampler|scheduler/i.exec(input)![0].toLowerCase();
  const seen = new Set<string>();
  for (let slot: SlotRef | undefined = { node, input }; slot; ) {
    const value: InputValue | undefined = valueAt(workflow, slot);
    if (typeof value === 'string') return [slot];
    if (!isLink(value) || !hasNode(workflow, value[0]) || seen.has(value[0])) return [];
    seen.add(value[0]);
    const [source] = value;
    const { inputs } = workflow[source]!;
    const open = Object.keys(inputs).filter(
      (name) => typeof inputs[name] === 'string' || isLink(inputs[name]),
    );
    const held: string | undefined =
      open.find((name) => name.toLowerCase().includes(word)) ??
      open.find((name) => isBundle(name) && isLink(inputs[name])) ??
      (open.length === 1 ? open[0] : undefined);
    slot = held === undefined ? undefined : { node: source, input: held };
  }
  return [];
}
