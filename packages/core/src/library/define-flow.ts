import { ComfygenError } from '../errors/comfygen-error.ts';
import type { Flow, ModelRequirement, SlotName, SlotRef, Slots, Workflow } from '../spec/index.ts';
import { atBorder } from '../util/at-border.ts';
import { readAs } from '../util/read-as.ts';
import { findComponents, findModelFiles } from '../workflow/find-components.ts';
import { hasNode, listClasses } from '../workflow/graph.ts';
import { parseWorkflow } from '../workflow/read.ts';
import { findSlots } from '../workflow/slots/find-slots.ts';
import { hashWorkflow } from '../workflow/write.ts';
import { type FlowFile, flowFile, flowId } from './flow-file.ts';

/** A workflow with what is known of it. All but `id` and `workflow` may be left out. */
export type FlowInput = FlowFile & {
  /** Lower-kebab-case, unique in a library. */
  id: string;
  /** The graph in ComfyUI's API format: parsed, or as JSON text. */
  workflow: Workflow | string;
};

/**
 * A flow of a library. Slots, components, model files and node classes are read from the graph; slots
 * that are given replace the found ones, name by name; what nobody stated is `null` or empty.
 * Throws INVALID_FLOW naming the field, or INVALID_WORKFLOW or UNSUPPORTED_FORMAT for the graph.
 */
export function defineFlow(input: FlowInput): Flow {
  return atBorder('INVALID_FLOW', 'The flow', () => toFlow(input));
}

function toFlow(input: FlowInput): Flow {
  const { id } = readAs(flowId, input, { what: 'flow', code: 'INVALID_FLOW' });
  const { id: _id, workflow: graph, ...rest } = input;
  const fields = readAs(flowFile, rest, { what: `flow ${id}`, code: 'INVALID_FLOW' });
  const workflow = parseWorkflow(graph);
  const components = findComponents(workflow);
  const { cost, provenance, mainOutput } = fields;
  if (mainOutput !== undefined && !hasNode(workflow, mainOutput))
    throw noSuch(id, 'mainOutput', `the graph has no node ${mainOutput}`);
  return {
    id,
    title: fields.title ?? titleOf(id),
    description: fields.description ?? '',
    workflow,
    slots: statedOrFound(id, workflow, fields.slots ?? {}),
    components,
    tags: fields.tags ?? [],
    baseModel: fields.baseModel ?? null,
    models: requirements(workflow, fields.models ?? []),
    classes: listClasses(workflow),
    needs: fields.needs ?? {},
    defaults: fields.defaults ?? {},
    cost: { ...cost, relative: cost?.relative ?? null, vramGb: cost?.vramGb ?? null },
    ...(fields.batchSize !== undefined && { batchSize: fields.batchSize }),
    ...(fields.sizes !== undefined && { sizes: fields.sizes }),
    ...(mainOutput !== undefined && { mainOutput }),
    provenance: {
      author: provenance?.author ?? null,
      licence: provenance?.licence ?? null,
      source: provenance?.source ?? null,
      verified: provenance?.verified ?? null,
      verifiedWith: provenance?.verifiedWith ?? null,
    },
    hash: hashWorkflow(workflow),
  };
}

/** `sdxl-base` becomes "Sdxl base": good enough where nobody wrote a title. */
function titleOf(id: string): string {
  const words = id.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function statedOrFound(
  id: string,
  workflow: Workflow,
  stated: NonNullable<FlowFile['slots']>,
): Slots {
  const slots = findSlots(workflow);
  const required = (field: string, refs: SlotRef[]) => {
    for (const [index, ref] of refs.entries())
      requireInput(id, `slots.${field}[${index}]`, workflow, ref);
    return refs;
  };
  const { pictures, strength, inputs = {}, ...others } = stated;
  if (strength !== undefined) slots.strength = required('strength', strength);
  if (pictures !== undefined) {
    const named = Object.entries(pictures).flatMap(([name, refs]) =>
      required(`pictures.${name}`, refs).map(({ node, input }) => `${node}.${input}`),
    );
    // One that has got a name has no other; a mask may come through the same loader.
    const left = Object.entries(slots.pictures ?? {}).filter(
      ([name, refs]) =>
        /^mask/.test(name) || !refs.some(({ node, input }) => named.includes(`${node}.${input}`)),
    );
    slots.pictures = { ...Object.fromEntries(left), ...pictures };
  }
  const further: [name: string, refs: SlotRef[]][] = Object.entries(inputs);
  for (const [name, refs] of Object.entries(others) as [string, SlotRef[] | undefined][]) {
    if (refs === undefined) continue;
    if (!isSlot(slots, name)) {
      further.push([name, refs]);
      continue;
    }
    required(name, refs);
    // A template marks a place as somebody's choice, so that nothing is doubted about it.
    const isText = name === 'prompt' || name === 'negative';
    slots[name] = isText ? refs.map((ref) => ({ template: `{${name}}`, ...ref })) : refs;
  }
  for (const [name, refs] of further) required(name, refs);
  return further.length > 0 ? { ...slots, inputs: Object.fromEntries(further) } : slots;
}

const isSlot = (slots: Slots, name: string): name is SlotName => Object.hasOwn(slots, name);

function requireInput(id: string, field: string, workflow: Workflow, ref: SlotRef): void {
  const node = Object.hasOwn(workflow, ref.node) ? workflow[ref.node] : undefined;
  if (node === undefined) throw noSuch(id, field, `the graph has no node ${ref.node}`);
  if (!Object.hasOwn(node.inputs, ref.input) || Array.isArray(node.inputs[ref.input]))
    throw noSuch(
      id,
      field,
      `node ${ref.node} (${node.class_type}) has no value named ${ref.input}`,
    );
}

function noSuch(id: string, field: string, what: string): ComfygenError {
  const details = { fields: [field] };
  return new ComfygenError('INVALID_FLOW', `flow ${id}: ${field}: ${what}`, { details });
}

/** The address of the file itself, where what is stated is the page that shows it. */
function fileAddress(url: string | null): string | null {
  const parts = /^(https?:\/\/(huggingface\.co|github\.com)\/[^/]+\/[^/]+\/)blob\/(.+)$/.exec(
    url ?? '',
  );
  if (parts === null) return url;
  const [, repository, host, rest] = parts;
  return `${repository}${host === 'github.com' ? 'raw' : 'resolve'}/${rest}`;
}

type Stated = Pick<ModelRequirement, 'folder' | 'file'> & {
  [K in Exclude<keyof ModelRequirement, 'folder' | 'file'>]?: ModelRequirement[K] | undefined;
};

/**
 * What a flow needs: the files that its graph names, then those that only its author states (an
 * embedding named in a prompt, the folder of a file of a node pack). Facts that nobody stated are `null`.
 */
function requirements(workflow: Workflow, stated: readonly Stated[]): ModelRequirement[] {
  const all = new Map<string, ModelRequirement>();
  const named: Stated[] = findModelFiles(workflow).filter(
    ({ folder, file }) => folder !== null || !stated.some((one) => one.file === file),
  );
  for (const one of [...named, ...stated]) {
    all.set(`${one.folder}/${one.file}`, {
      folder: one.folder,
      file: one.file,
      licence: one.licence ?? null,
      commercialUse: one.commercialUse ?? null,
      url: fileAddress(one.url ?? null),
      sizeBytes: one.sizeBytes ?? null,
      source: one.source ?? null,
    });
  }
  return [...all.values()];
}
