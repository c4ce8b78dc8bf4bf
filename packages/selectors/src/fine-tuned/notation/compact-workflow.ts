import { ComfygenError } from 'comfygen/plugin';
import {
  type InputValue,
  isLink,
  parseWorkflow,
  type Slots,
  type Workflow,
  type WorkflowNode,
} from 'comfygen/workflow';
import { byClass, byCode } from './dictionary.ts';
import { type FilledInput, keyOf, noSlots, placeholdersOf } from './placeholders.ts';
import { sortNodes } from './sort-nodes.ts';
import { writeId, writeJson, writeName, writeValue } from './write-value.ts';

/** Options of `compactWorkflow`. */
export interface CompactOptions {
  /** Inputs that a brief fills: written as `$prompt`, `$seed` and so on instead of their values. Default none. */
  slots?: Slots | undefined;
  /** Whether titles and other `_meta` are written. Default true. */
  meta?: boolean | undefined;
}

/**
 * A workflow in the compact notation: a line a node, what feeds it above. `expandWorkflow` gives the same
 * workflow back, ids and titles included. With `slots` the prompt's text, the seed and the batch size are left
 * out, since a brief always writes them; the graph's own negative prompt and size stay.
 *
 * @throws INVALID_WORKFLOW for what `parseWorkflow` refuses; MISSING_SLOT where a slot names no input of the graph.
 */
export function compactWorkflow(workflow: Workflow, options: CompactOptions = {}): string {
  const graph = parseWorkflow(workflow);
  const filled = placeholdersOf(options.slots ?? noSlots());
  for (const { name, ref } of filled.values()) {
    if (Object.hasOwn(graph, ref.node) && Object.hasOwn(graph[ref.node]!.inputs, ref.input))
      continue;
    const message = `Slot ${name} names ${ref.input} of node ${ref.node}, which the workflow has not.`;
    throw new ComfygenError('MISSING_SLOT', message, { details: { ref } });
  }
  return sortNodes(graph)
    .map((id) => {
      const node = graph[id]!;
      const meta = options.meta === false || !node._meta ? [] : [`;${writeMeta(node._meta)}`];
      return [writeId(id), ...writeNode(id, node, filled), ...meta].join(' ');
    })
    .join('\n');
}

function writeNode(
  id: string,
  { class_type, inputs }: WorkflowNode,
  filled: ReadonlyMap<string, FilledInput>,
): string[] {
  const write = (input: string) => {
    const slot = filled.get(keyOf({ node: id, input }));
    return slot ? writePlaceholder(slot, inputs[input]!) : writeValue(inputs[input]!);
  };
  const entry = byClass.get(class_type);
  const order = entry?.inputs ?? [];
  const last = order.findLastIndex((input) => Object.hasOwn(inputs, input));
  const ordered = order
    .slice(0, last + 1)
    .map((input) => (Object.hasOwn(inputs, input) ? write(input) : '-'));
  const named = Object.keys(inputs)
    .filter((input) => !order.includes(input))
    .sort()
    .map((input) => `${writeName(input)}=${write(input)}`);
  return [entry?.code ?? writeClass(class_type), ...ordered, ...named];
}

// A class that is called like a code is quoted; so it stays itself.
const writeClass = (name: string) => (byCode.has(name) ? JSON.stringify(name) : writeName(name));

function writePlaceholder({ name, implied, ref }: FilledInput, value: InputValue): string {
  const isGiven = name === 'negative' ? value !== '' : implied === undefined;
  const shown = isGiven ? `:${isLink(value) ? writeValue(value) : writeJson(value)}` : '';
  return `$${name}${shown}${ref.template === undefined ? '' : `~${JSON.stringify(ref.template)}`}`;
}

function writeMeta(meta: NonNullable<WorkflowNode['_meta']>): string {
  const { title, ...rest } = meta;
  const isPlain = typeof title === 'string' && Object.keys(rest).length === 0;
  return isPlain ? JSON.stringify(title) : writeJson(meta as { [key: string]: InputValue });
}
