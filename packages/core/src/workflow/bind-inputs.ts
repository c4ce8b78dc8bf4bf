import { ComfygenError } from '../errors/comfygen-error.ts';
import type { Brief, InputValue, SlotRef, Slots, Warning, Workflow } from '../spec/index.ts';
import { nearest } from '../util/nearest.ts';
import { fitValue } from './fit-value.ts';
import { isLink } from './graph.ts';
import { factsOf, type KnownServer } from './input-facts.ts';
import { nameInputs } from './list-inputs.ts';
import { addressed, literalAt, writeLiteral } from './literal-inputs.ts';
import type { NamedInputs } from './slots/find-inputs.ts';

/** A graph whose inputs are set, and what is known of the server that is to run it. */
export interface InputGraph extends KnownServer {
  workflow: Workflow;
  slots: Slots;
  named: NamedInputs;
}

/** A graph with its inputs by name. */
export function readInputGraph(workflow: Workflow, slots: Slots, known: KnownServer): InputGraph {
  const { catalogue, models } = known;
  return { workflow, slots, catalogue, models, named: nameInputs(workflow, slots) };
}

/** What becomes of one of a brief's inputs in a graph. */
export interface SettledInput {
  name: string;
  optional: boolean;
  /** Where it is written, with the value as the graph holds it; empty where it can't be. */
  writes: { ref: SlotRef; value: InputValue }[];
  /** Set where it can't be written: a reason's code, and a sentence without its subject. */
  refused?: { code: 'no-such-input' | 'input-value'; message: string } | undefined;
  warnings: Warning[];
}

/** What becomes of each of a brief's inputs in a graph; nothing is written. */
export function settleInputs(graph: InputGraph, brief: Pick<Brief, 'inputs'>): SettledInput[] {
  return Object.entries(brief.inputs ?? {}).map(([name, { value, optional = false }]) => {
    const settled: SettledInput = { name, optional, writes: [], warnings: [] };
    const refs = refsOf(graph, name);
    if (typeof refs === 'string') {
      settled.refused = { code: 'no-such-input', message: refs };
      return settled;
    }
    for (const ref of refs) {
      const present = literalAt(graph.workflow, ref)!;
      const fit = fitValue(factsOf(graph.workflow, ref, graph), value, present);
      if ('fault' in fit) {
        const message = `${name} (${placeOf(graph, ref)}) ${fit.fault}`;
        return { ...settled, writes: [], refused: { code: 'input-value', message } };
      }
      if (fit.isRounded) {
        const message = `${name} was rounded from ${value} to ${fit.value}: ${placeOf(graph, ref)} takes steps.`;
        settled.warnings.push({ code: 'input-rounded', message });
      }
      settled.writes.push({ ref, value: fit.value });
    }
    return settled;
  });
}

/**
 * Writes a brief's inputs into a bound graph, in place. Those that a `node.input` names win over names and slots, with
 * `input-over-slot`; optional ones that can't be written are said in `input-ignored`.
 *
 * @throws MISSING_SLOT where the graph has no such input, INVALID_BRIEF where it can't take the value.
 */
export function bindInputs(graph: InputGraph, bound: Workflow, brief: Brief): Warning[] {
  const warnings: Warning[] = [];
  const written = filledBySlots(graph, brief);
  // An address says more than a name, so it is written last.
  const settled = settleInputs(graph, brief);
  const isAddress = ({ name }: SettledInput) => Number(name.includes('.'));
  for (const one of settled.sort((a, b) => isAddress(a) - isAddress(b))) {
    const { name, refused } = one;
    if (refused !== undefined) {
      if (!one.optional) throw refusal(one, graph.named);
      warnings.push({
        code: 'input-ignored',
        message: `${sentence(refused)}; it was left out.`,
      });
    }
    warnings.push(...one.warnings);
    for (const { ref, value } of one.writes) {
      const before = written.get(keyOf(ref));
      if (before !== undefined && before !== name) {
        const message = `${name} is written to ${placeOf(graph, ref)} in place of ${before}.`;
        warnings.push({ code: 'input-over-slot', message });
      }
      written.set(keyOf(ref), name);
      writeLiteral(bound, ref, value);
    }
  }
  return warnings;
}

function refusal({ name, refused }: SettledInput, named: NamedInputs): ComfygenError {
  const { code, message } = refused!;
  const near = nearNames(name, Object.keys(named));
  const hint =
    code === 'no-such-input' && near.length > 0 ? ` Did you mean ${near.join(', ')}?` : '';
  return new ComfygenError(
    code === 'no-such-input' ? 'MISSING_SLOT' : 'INVALID_BRIEF',
    `${sentence(refused!)}${message.endsWith('?') ? '' : '.'}${hint}`,
    { details: { fields: [`inputs.${name}`] } },
  );
}

/** A reason with its subject. */
const sentence = ({ code, message }: NonNullable<SettledInput['refused']>) =>
  code === 'no-such-input'
    ? `The workflow ${message}`
    : message.charAt(0).toUpperCase() + message.slice(1);

/** Names that were probably meant: spelt almost so, or with the same word in them. */
export function nearNames(name: string, known: readonly string[]): string[] {
  const plain = name.toLowerCase().replaceAll('_', '-');
  const near = nearest(plain, known);
  const words = plain.split(/[-:.]/).filter((word) => word.length > 2);
  const alike = known.filter((one) => words.some((word) => one.split(/[-:]/).includes(word)));
  return [...new Set([...(near === undefined ? [] : [near]), ...alike])].slice(0, 3);
}

/** Where a name is written in a graph, or why nowhere. */
function refsOf({ workflow, named }: InputGraph, name: string): SlotRef[] | string {
  const refs = Object.hasOwn(named, name) ? named[name]! : undefined;
  const address = refs === undefined ? addressed(workflow, name) : undefined;
  const places = refs ?? (address ? [address] : []);
  if (places.length > 0 && places.every((ref) => literalAt(workflow, ref) !== undefined))
    return places;
  const value = address && workflow[address.node]!.inputs[address.input];
  if (isLink(value)) return `has no value at ${name}: node ${value[0]} feeds it`;
  return `has no input ${JSON.stringify(name)}`;
}

const keyOf = ({ node, input }: SlotRef) => JSON.stringify([node, input]);

const placeOf = ({ workflow }: InputGraph, { node, input }: SlotRef): string =>
  `node ${node} (${workflow[node]!.class_type}).${input}`;

/** What the brief itself has filled, by the place of the input. */
function filledBySlots({ slots }: InputGraph, brief: Brief): Map<string, string> {
  const { prompt, negative, seed, width, height, batchSize } = slots;
  const filled = {
    prompt,
    seed,
    ...(brief.negative !== undefined && { negative }),
    ...(brief.width !== undefined && { width }),
    ...(brief.height !== undefined && { height }),
    ...(brief.count !== undefined && { count: batchSize }),
    ...(brief.strength !== undefined && { strength: slots.strength }),
    ...(brief.images !== undefined && slots.pictures),
  };
  return new Map(
    Object.entries(filled).flatMap(([name, refs]) =>
      (refs ?? []).map((ref) => [keyOf(ref), name] as const),
    ),
  );
}
