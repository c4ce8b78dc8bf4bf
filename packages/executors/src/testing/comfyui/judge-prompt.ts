import { isObject } from 'comfygen/plugin';
import type { NodeCatalogue, Workflow } from 'comfygen/workflow';
import { PythonError, pythonStr, pythonType } from '../python-values.ts';
import { listModels } from './info-routes.ts';
import { createNodeJudge, type NodeChecks } from './judge-node.ts';
import { type NodeError, nodeError } from './node-error.ts';

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
export interface Checks extends NodeChecks {
  /** Model files by folder, in place of those that the catalogue lists. */
  models?: { [folder: string]: readonly string[] };
  /** The output nodes that are asked for, as the body has them. Default: all. */
  targets?: unknown;
  /** The error type for an unknown class; older servers used `invalid_prompt`. */
  unknownClass: 'missing_node_type' | 'invalid_prompt';
}

/**
 * The verdict of a server on a graph, whatever it holds; `undefined` for what makes it answer 500. Values that the
 * server converts are converted in the graph itself.
 */
export function judgePrompt(prompt: unknown, checks: Checks): Verdict | undefined {
  try {
    const nodes = readNodes(prompt, checks.unknownClass === 'invalid_prompt');
    return judge(nodes, { ...checks, info: listModels(checks.info, checks.models ?? {}) });
  } catch (error) {
    if (error instanceof PythonError) return undefined;
    throw error;
  }
}

function judge(nodes: Workflow, checks: Checks): Verdict {
  const outputs: string[] = [];
  for (const [id, node] of Object.entries(nodes)) {
    const unknown = checkClass(id, node as object, checks);
    if (unknown) return { error: unknown, node_errors: {}, outputs: [] };
    const isOutput = checks.info[node.class_type]?.output_node === true;
    if (isOutput && isTarget(id, checks.targets)) outputs.push(id);
  }
  if (outputs.length === 0) {
    const error = nodeError('prompt_no_outputs', 'Prompt has no outputs', '');
    return { error, node_errors: {}, outputs };
  }
  return judgeOutputs(nodes, outputs, checks);
}

/** Looks at each node once, as newer servers do before they know the classes. */
function readNodes(prompt: unknown, isOld: boolean): Workflow {
  if (isOld && Array.isArray(prompt) && prompt.length === 0) return {};
  if (!isObject(prompt)) throw noAttribute(prompt, 'items');
  for (const node of Object.values(prompt)) {
    if (!isObject(node)) {
      if (isOld) continue;
      throw noAttribute(node, 'get');
    }
    if (!('class_type' in node) || !('inputs' in node)) continue;
    if (!isObject(node['inputs'])) throw noAttribute(node['inputs'], 'items');
  }
  return prompt as Workflow;
}

function checkClass(
  id: string,
  node: { class_type?: unknown; _meta?: unknown },
  { info, unknownClass }: Checks,
): NodeError | undefined {
  if (unknownClass === 'invalid_prompt') return checkClassOnly(id, node, info);
  const { class_type: classType, _meta: meta = {} } = node;
  if (typeof classType === 'object' && classType !== null)
    throw new PythonError('TypeError', `unhashable type: '${pythonType(classType)}'`);
  if (typeof classType === 'string' && Object.hasOwn(info, classType)) return;
  if (!isObject(meta)) throw noAttribute(meta, 'get');
  const isThere = 'class_type' in node;
  const title = 'title' in meta ? meta['title'] : isThere ? classType : null;
  const message = isThere
    ? `Node '${pythonStr(title)}' not found. The custom node may not be installed.`
    : `Node '${title ?? `ID #${id}`}' has no class_type. The workflow may be corrupted or a custom node is missing.`;
  return nodeError(unknownClass, message, `Node ID '#${id}'`, {
    ...{ node_id: id, class_type: classType ?? null, node_title: title ?? null },
  });
}

/** As servers before 0.4 did, which looked at nothing else of a node and told nothing else of it. */
function checkClassOnly(id: string, node: unknown, info: NodeCatalogue): NodeError | undefined {
  const has = typeof node === 'string' || Array.isArray(node) ? node.includes('class_type') : null;
  if (has === true || (has === null && !isObject(node)))
    throw new PythonError('TypeError', `'${pythonType(node)}' object is not subscriptable`);
  const place = `Node ID '#${id}'`;
  const type = 'invalid_prompt';
  if (!isObject(node) || !('class_type' in node)) {
    const message = 'Cannot execute because a node is missing the class_type property.';
    return nodeError(type, message, place);
  }
  const { class_type: classType } = node;
  if (typeof classType === 'object' && classType !== null)
    throw new PythonError('TypeError', `unhashable type: '${pythonType(classType)}'`);
  if (typeof classType === 'string' && Object.hasOwn(info, classType)) return undefined;
  const message = `Cannot execute because node ${pythonStr(classType)} does not exist.`;
  return nodeError(type, message, place);
}

/** Python’s `in` on what the body gives as targets. */
function isTarget(id: string, targets: unknown): boolean {
  if (targets === undefined || targets === null) return true;
  if (typeof targets === 'string' || Array.isArray(targets)) return targets.includes(id);
  if (isObject(targets)) return id in targets;
  throw new PythonError('TypeError', `argument of type '${pythonType(targets)}' is not iterable`);
}

function judgeOutputs(prompt: Workflow, outputs: string[], checks: Checks): Verdict {
  const judge = createNodeJudge(prompt, checks);
  const node_errors: Verdict['node_errors'] = {};
  const own: NodeError[] = [];
  const good = outputs.filter((output) => {
    const { ok, errors } = judge.output(output);
    if (ok) return true;
    own.push(...errors);
    // Also what an earlier output met: a server keeps one list of what it has seen.
    for (const [id, seen] of judge.seen) {
      if (seen.ok || seen.errors.length === 0) continue;
      const { class_type } = prompt[id]!;
      node_errors[id] ??= { errors: seen.errors, dependent_outputs: [], class_type };
      node_errors[id].dependent_outputs.push(output);
    }
    return false;
  });
  if (good.length > 0) return { node_errors, outputs: good };
  const details = own.map(({ message, details }) => `${message}: ${details}`).join('\n');
  const message = 'Prompt outputs failed validation';
  const error = nodeError('prompt_outputs_failed_validation', message, details);
  return { error, node_errors, outputs: [] };
}

function noAttribute(value: unknown, name: string): PythonError {
  const what = `'${pythonType(value)}' object has no attribute '${name}'`;
  return new PythonError('AttributeError', what);
}
