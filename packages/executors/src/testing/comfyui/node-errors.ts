import { isObject } from 'comfygen/plugin';
import {
  type NodeCatalogue,
  type ValidationResult,
  validateWorkflow,
  type Workflow,
  type WorkflowIssue,
} from 'comfygen/workflow';
import { linkedIds } from './server-state.ts';

/** One error of a node, in the words of `POST /prompt`. */
interface NodeError {
  type: string;
  message: string;
  details: string;
  extra_info: Record<string, unknown>;
}

/** The answer of `POST /prompt` to a graph: its errors, and the output nodes that may run. */
export interface Verdict {
  /** The error where the whole graph is refused. */
  error?: NodeError;
  node_errors: Record<
    string,
    { errors: NodeError[]; dependent_outputs: string[]; class_type: string }
  >;
  /** Ids of the output nodes that may run. */
  outputs: string[];
}

/** What a server checks a graph against. */
export interface Checks {
  info: NodeCatalogue;
  models: { [folder: string]: readonly string[] };
  /** Whether there is an input file of this name, as LoadImage checks it. */
  hasInput(name: string): boolean;
  /** The error type for an unknown class; older servers used `invalid_prompt`. */
  unknownClass: 'missing_node_type' | 'invalid_prompt';
}

/** Findings of ours that make the server refuse. The others it overlooks. */
const TYPES: { [code in WorkflowIssue['code']]?: [type: string, message: string] } = {
  'missing-input': ['required_input_missing', 'Required input is missing'],
  'bad-link': [
    'bad_linked_input',
    'Bad linked input, must be a length-2 list of [node_id, slot_index]',
  ],
  'type-mismatch': ['return_type_mismatch', 'Return type mismatch between linked nodes'],
  'invalid-value': ['invalid_input_type', 'Failed to convert an input value'],
  'below-min': ['value_smaller_than_min', 'Value smaller than min'],
  'above-max': ['value_bigger_than_max', 'Value bigger than max'],
  'not-in-list': ['value_not_in_list', 'Value not in list'],
  'missing-model': ['value_not_in_list', 'Value not in list'],
  cycle: ['dependency_cycle', 'Dependency cycle detected'],
  'no-inputs': ['exception_during_inner_validation', 'Exception when validating inner node'],
};

/** The verdict of a server on a graph. `undefined` for what makes it answer 500. */
export function judgePrompt(prompt: Workflow, checks: Checks): Verdict | undefined {
  const { info, models, unknownClass } = checks;
  if (Object.values(prompt).some(({ inputs }) => inputs !== undefined && !isObject(inputs)))
    return undefined;
  for (const [id, { class_type, _meta }] of Object.entries(prompt)) {
    if (typeof class_type === 'string' && Object.hasOwn(info, class_type)) continue;
    return refused({ ...unknown(id, class_type, _meta?.title), type: unknownClass });
  }
  const outputs = Object.keys(prompt).filter((id) => info[prompt[id]!.class_type]?.output_node);
  if (outputs.length === 0)
    return refused(error('prompt_no_outputs', 'Prompt has no outputs', '', {}));
  const found = findErrors(prompt, validateWorkflow(prompt, info, { models }), checks);
  const feeding = new Map(outputs.map((id) => [id, upstream(prompt, id)]));
  const good = outputs.filter((id) => ![...feeding.get(id)!].some((node) => found.has(node)));
  const node_errors: Verdict['node_errors'] = {};
  for (const [id, errors] of found) {
    const dependent_outputs = outputs.filter((output) => feeding.get(output)!.has(id));
    if (dependent_outputs.length === 0) continue;
    node_errors[id] = { errors, dependent_outputs, class_type: prompt[id]!.class_type };
  }
  if (good.length > 0) return { node_errors, outputs: good };
  const message = 'Prompt outputs failed validation';
  const own = outputs.flatMap((id) => found.get(id) ?? []);
  const details = own.map((one) => `${one.message}: ${one.details}`).join('\n');
  return {
    ...refused(error('prompt_outputs_failed_validation', message, details, {})),
    node_errors,
  };
}

function findErrors(
  prompt: Workflow,
  { issues }: ValidationResult,
  { info, hasInput }: Checks,
): Map<string, NodeError[]> {
  const found = new Map<string, NodeError[]>();
  for (const { code, nodeId = '', input, message } of issues) {
    const value = input === undefined ? undefined : prompt[nodeId]?.inputs?.[input];
    const known = TYPES[code];
    let one: NodeError | undefined;
    if (code === 'custom-validator' && typeof value === 'string' && !hasInput(value)) {
      const details = `${input} - Invalid image file: ${value}`;
      one = error('custom_validation_failed', 'Custom validation failed for node', details, {
        input_name: input,
      });
    } else if (known && code === 'cycle') {
      one = error(...known, message, { node_id: nodeId });
    } else if (known && code === 'bad-link' && Array.isArray(value) && value.length === 2) {
      // Looking such a link up is an exception in the server.
      const inner = info[prompt[nodeId]?.class_type ?? '']?.output_node ? '' : 'inner_';
      const what = `Exception when validating ${inner ? 'inner ' : ''}node`;
      one = error(`exception_during_${inner}validation`, what, `'${value[0]}'`, {});
    } else if (known) {
      const config = specOf(info, prompt[nodeId]?.class_type, input);
      one = error(...known, message, {
        ...(input !== undefined && { input_name: input }),
        // Long lists are left out.
        ...(code !== 'missing-input' && { input_config: isLong(config) ? null : config }),
        ...(value !== undefined && { received_value: value }),
      });
    }
    if (one) found.set(nodeId, [...(found.get(nodeId) ?? []), one]);
  }
  return found;
}

function refused(whole: NodeError): Verdict {
  return { error: whole, node_errors: {}, outputs: [] };
}

function error(
  type: string,
  message: string,
  details: string,
  extra_info: NodeError['extra_info'],
): NodeError {
  return { type, message, details, extra_info };
}

function unknown(id: string, classType: unknown, title: unknown): NodeError {
  const message =
    typeof classType === 'string'
      ? `Node '${title ?? classType}' not found. The custom node may not be installed.`
      : `Node 'ID #${id}' has no class_type. The workflow may be corrupted or a custom node is missing.`;
  const extra = {
    node_id: id,
    class_type: classType ?? null,
    node_title: title ?? classType ?? null,
  };
  return error('missing_node_type', message, `Node ID '#${id}'`, extra);
}

function upstream(prompt: Workflow, output: string): Set<string> {
  const seen = new Set([output]);
  for (const id of seen) for (const source of linkedIds(prompt, id)) seen.add(source);
  return seen;
}

function specOf(info: NodeCatalogue, classType = '', input = ''): unknown {
  const { required = {}, optional = {} } = info[classType]?.input ?? {};
  return required[input] ?? optional[input] ?? null;
}

function isLong(config: unknown): boolean {
  return Array.isArray(config) && Array.isArray(config[0]) && config[0].length > 20;
}
