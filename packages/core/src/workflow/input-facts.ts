import type { NodeCatalogue, SlotRef, Workflow } from '../spec/index.ts';
import { linksOf } from './graph.ts';
import { own } from './json-shape.ts';
import { literalAt } from './literal-inputs.ts';
import { modelFolder } from './model-folders.ts';
import {
  type DeclaredInput,
  declaredInputs,
  largest,
  listedOptions,
} from './validate/declared-inputs.ts';

/** What a server lists, as far as it is known. */
export interface KnownServer {
  catalogue?: NodeCatalogue | null | undefined;
  /** Model files by folder, in place of the catalogue's lists. */
  models?: { [folder: string]: readonly string[] } | undefined;
}

/** What an input takes. */
export interface InputFacts {
  /** `null` where no catalogue tells it: then a value is held to the type of the present one. */
  type: 'INT' | 'FLOAT' | 'STRING' | 'BOOLEAN' | 'COMBO' | null;
  min?: number | bigint | undefined;
  max?: number | bigint | undefined;
  /** Of whole numbers those that are `min` and a multiple of it above are taken. Of others it is a matter of taste. */
  step?: number | undefined;
  /** Of a list, what it offers; none where the class keeps that to itself. */
  options?: readonly (string | number | boolean)[] | undefined;
}

/**
 * What an input takes by a server's catalogue. A node that holds nothing but a value, such as a number, is held to what
 * the inputs declare that it feeds.
 */
export function factsOf(workflow: Workflow, ref: SlotRef, known: KnownServer): InputFacts {
  const places = [ref, ...fedBy(workflow, ref)];
  const told = places
    .map((place) => declared(workflow, place, known))
    .filter((facts) => facts !== undefined);
  const [first] = told;
  if (first === undefined) return { type: null };
  // A text that ends in a list, and a number that ends where only whole ones are taken.
  const strict = ['COMBO', 'INT'].flatMap((type) => told.filter((one) => one.type === type));
  const facts: InputFacts = { ...(strict[0] ?? first) };
  for (const { min, max, step } of told) {
    if (min !== undefined && (facts.min === undefined || min > facts.min)) facts.min = min;
    if (max !== undefined && (facts.max === undefined || max < facts.max)) facts.max = max;
    if (step !== undefined && step > (facts.step ?? 0)) facts.step = step;
  }
  return facts;
}

/** The inputs that a node's value goes to, where it holds no other that could go there. */
function fedBy(workflow: Workflow, { node, input }: SlotRef): SlotRef[] {
  const literals = Object.keys(workflow[node]!.inputs).filter(
    (name) => literalAt(workflow, { node, input: name }) !== undefined,
  );
  const isAlone = literals.length === 1;
  const word = input.replace(/_?name$/, '').toLowerCase();
  return Object.entries(workflow).flatMap(([id, { inputs }]) =>
    linksOf(inputs)
      .filter(([name, [source]]) => source === node && (isAlone || name.includes(word)))
      .map(([name]) => ({ node: id, input: name })),
  );
}

const TYPES = ['INT', 'FLOAT', 'STRING', 'BOOLEAN'] as const;

function declared(
  workflow: Workflow,
  { node, input }: SlotRef,
  { catalogue, models }: KnownServer,
): InputFacts | undefined {
  const { class_type, inputs } = workflow[node]!;
  const spec = declaredInputs(own(catalogue, class_type), inputs).get(input);
  if (spec === undefined) return undefined;
  if (Array.isArray(spec.type) || spec.type === 'COMBO')
    return { type: 'COMBO', options: optionsOf(class_type, spec, models) };
  const type = TYPES.find((one) => one === spec.type);
  if (type !== 'INT' && type !== 'FLOAT') return type && { type };
  const { min, step } = spec.options;
  const max = largest(spec.options);
  return {
    type,
    ...(isNumber(min) && { min }),
    ...(max !== undefined && { max }),
    ...(typeof step === 'number' && step > 0 && { step }),
  };
}

const isNumber = (value: unknown): value is number | bigint =>
  typeof value === 'number' || typeof value === 'bigint';

/** What a list offers; of a folder of models the files that the server has in it. */
function optionsOf(
  classType: string,
  spec: DeclaredInput,
  models: KnownServer['models'],
): InputFacts['options'] {
  const folder = modelFolder(classType, spec.name);
  const files = folder === undefined ? undefined : own(models, folder);
  const listed = listedOptions(spec)?.map((one) => (Array.isArray(one) ? one[0] : one));
  // One that holds a thing of its own kind is known to its class alone.
  if (listed?.some((one) => typeof one === 'object')) return undefined;
  const builtIn = listed?.filter((one) => !/\.\w+$/.test(String(one)));
  const options = Array.isArray(files) ? [...(builtIn ?? []), ...files] : listed;
  // The files of a server that nobody asked.
  return options?.length === 0 ? undefined : (options as (string | number | boolean)[] | undefined);
}
