import type { NodeCatalogue } from '../../spec/index.ts';
import { isObject } from '../../util/is-object.ts';
import { isUiWorkflow } from '../find-graph.ts';
import { findCycle } from '../graph.ts';
import { own, show } from '../json-shape.ts';
import { checkNode, type Graph, linkedIds, type NodeCheck } from './check-node.ts';
import type { Effect, Finding, ValidateOptions, ValidationResult, WorkflowIssue } from './types.ts';

export type { ValidateOptions, ValidationResult, WorkflowIssue } from './types.ts';

/**
 * Whether a ComfyUI server with this catalogue would accept a graph, and whether it is safe to send. Mirrors
 * the checks of `POST /prompt` (ComfyUI 0.33.0) and adds those that the server leaves out. Takes any value,
 * also one that is no workflow, and never throws.
 */
export function validateWorkflow(
  workflow: unknown,
  catalogue: NodeCatalogue,
  options: ValidateOptions = {},
): ValidationResult {
  if (!isObject(workflow)) {
    return verdict('no', [whole('not-a-workflow', 'A workflow is an object of nodes by id')]);
  }
  if (isUiWorkflow(workflow)) {
    const message = 'This is a workflow in UI format; a server takes API format ("Export (API)")';
    return verdict('no', [whole('ui-format', message)]);
  }
  const known = isObject(catalogue) ? catalogue : {};
  const graph: Graph = {
    nodes: workflow,
    catalogue: known,
    options,
    isSocket: createSocketTest(known),
  };
  const refused = Object.keys(workflow).flatMap((id) => checkShape(graph, id));
  if (refused.length > 0) return verdict('no', refused);
  return judge(graph);
}

/** What makes the server refuse the whole graph before it looks at inputs. */
function checkShape({ nodes, catalogue, options }: Graph, nodeId: string): Finding[] {
  const node = nodes[nodeId];
  const refuse = (code: Finding['code'], message: string): Finding[] => [
    { ...whole(code, message), nodeId },
  ];
  if (!isObject(node)) {
    return refuse('bad-node', `Node ${nodeId} is ${show(node)}, not a node; take this key out`);
  }
  const classType = own(node, 'class_type');
  if (typeof classType !== 'string') return refuse('bad-node', `Node ${nodeId} has no class_type`);
  const inputs = own(node, 'inputs');
  if (inputs !== undefined && !isObject(inputs)) {
    return refuse(
      'bad-node',
      `Node ${nodeId} (${classType}): inputs is ${show(inputs)}, not an object`,
    );
  }
  if (options.complete === false || isObject(own(catalogue, classType))) return [];
  return refuse('missing-node', `Node ${nodeId}: the server has no node class ${show(classType)}`);
}

function judge(graph: Graph): ValidationResult {
  const ids = Object.keys(graph.nodes);
  const classOf = (id: string) => own(graph.catalogue, String(own(graph.nodes[id], 'class_type')));
  const checks = new Map(ids.map((id) => [id, checkNode(graph, id)]));
  const strangers = ids.filter((id) => !isObject(classOf(id)));
  for (const id of strangers) checks.get(id)?.findings.push(stranger(graph, id));
  const outputs = ids.filter((id) => own(classOf(id), 'output_node') === true);
  markCycles(graph, checks);

  const ends = [...outputs, ...strangers];
  const loose = orphans(graph, ends);
  // Nobody looks at a node that leads nowhere; only without an inputs object does it bring the server down.
  const findings = [...checks].flatMap(([id, check]) =>
    check.findings.filter(
      ({ code }) => !loose.has(id) || ends.length === 0 || code === 'no-inputs',
    ),
  );
  findings.push(...loose.values());
  // A class that nobody knows here may be the output.
  if (ends.length === 0) {
    findings.push(whole('no-outputs', 'No node makes an output (SaveImage, PreviewImage)'));
  }
  if (strangers.length > 0) return verdict('unknown', findings);
  return verdict(summary(outputs.map((id) => answerOf(checks, id))), findings);
}

function stranger(graph: Graph, nodeId: string): Finding {
  const name = show(own(graph.nodes[nodeId], 'class_type'));
  const message = `Node ${nodeId} was not checked: nothing is known here of its class ${name}, which a server may have.`;
  return { code: 'missing-node', nodeId, level: 'warning', effect: 'unknown', message };
}

/** The server refuses circles of declared links; circles that run through others it overlooks. */
function markCycles(graph: Graph, checks: Map<string, NodeCheck>): void {
  const declared = findCycle(new Map([...checks].map(([id, check]) => [id, check.upstream])));
  const all = findCycle(
    new Map([...checks.keys()].map((id) => [id, linkedIds(own(graph.nodes[id], 'inputs'))])),
  );
  for (const nodeId of new Set([...declared, ...all])) {
    const effect: Effect = declared.has(nodeId) ? 'refuse' : 'accept';
    const message = `Node ${nodeId}: its links run in a circle.`;
    checks.get(nodeId)?.findings.push({ code: 'cycle', nodeId, level: 'error', effect, message });
  }
}

function orphans(graph: Graph, outputs: string[]): Map<string, Finding> {
  const queue = [...outputs];
  const found = new Set(queue);
  for (const id of queue) {
    for (const source of linkedIds(own(graph.nodes[id], 'inputs'))) {
      if (found.has(source) || !Object.hasOwn(graph.nodes, source)) continue;
      found.add(source);
      queue.push(source);
    }
  }
  const loose = Object.keys(graph.nodes).filter((id) => !found.has(id));
  return new Map(
    loose.map((nodeId) => {
      const message = `Node ${nodeId} (${own(graph.nodes[nodeId], 'class_type')}) leads to no output; the server neither checks nor runs it.`;
      return [nodeId, { code: 'orphan-node', nodeId, level: 'warning', effect: 'accept', message }];
    }),
  );
}

/** The worst that the server finds on the way from an output up. */
function answerOf(checks: Map<string, NodeCheck>, output: string): Effect {
  const queue = [output];
  const seen = new Set(queue);
  let answer: Effect = 'accept';
  for (const id of queue) {
    const check = checks.get(id);
    const effects = check?.findings.map((finding) => finding.effect) ?? [];
    if (effects.includes('refuse')) return 'refuse';
    if (effects.includes('unknown')) answer = 'unknown';
    for (const source of check?.upstream ?? []) {
      if (!seen.has(source)) queue.push(source);
      seen.add(source);
    }
  }
  return answer;
}

function summary(answers: Effect[]): ValidationResult['serverAccepts'] {
  const has = (effect: Effect) => answers.includes(effect);
  if (has('refuse')) return has('accept') ? 'partly' : has('unknown') ? 'unknown' : 'no';
  if (has('unknown')) return 'unknown';
  return has('accept') ? 'yes' : 'no';
}

function verdict(
  serverAccepts: ValidationResult['serverAccepts'],
  findings: Finding[],
): ValidationResult {
  const issues = findings.map(({ code, nodeId, input, level, message }): WorkflowIssue => {
    const place = {
      ...(nodeId !== undefined && { nodeId }),
      ...(input !== undefined && { input }),
    };
    return { code, ...place, level, message };
  });
  const safe = serverAccepts !== 'no' && !issues.some((issue) => issue.level === 'error');
  return { serverAccepts, safe, issues };
}

const whole = (code: Finding['code'], message: string): Finding => ({
  code,
  level: 'error',
  effect: 'refuse',
  message: `${message}.`,
});

/** Types that a person types in or picks; a literal of these is normal. */
const WIDGETS = new Set([
  'INT',
  'FLOAT',
  'STRING',
  'BOOLEAN',
  'COMBO',
  '*',
  'COMFY_MATCHTYPE_V3',
  '',
]);

const SOCKETS = new Set(
  `MODEL CLIP VAE CONDITIONING LATENT IMAGE MASK SIGMAS SAMPLER GUIDER NOISE CONTROL_NET UPSCALE_MODEL
  CLIP_VISION CLIP_VISION_OUTPUT STYLE_MODEL GLIGEN HOOKS MODEL_PATCH AUDIO VIDEO`.split(/\s+/),
);

const socketTests = new WeakMap<NodeCatalogue, (type: unknown) => boolean>();

/**
 * Tells types that only another node can give from those that a literal can. A type is a socket when it is
 * one of core's, or when some class outputs it and none declares a default value for it.
 */
function createSocketTest(catalogue: NodeCatalogue): (type: unknown) => boolean {
  // A catalogue that can change is read anew.
  const known = Object.isFrozen(catalogue) ? socketTests.get(catalogue) : undefined;
  if (known !== undefined) return known;
  const given = new Set<string>();
  const typed = new Set<string>();
  for (const info of Object.values(catalogue)) {
    const output = own(info, 'output');
    for (const type of Array.isArray(output) ? output : []) given.add(String(type));
    for (const section of ['required', 'optional']) {
      const specs = own(own(info, 'input'), section) ?? {};
      for (const spec of Object.values(specs)) {
        if (Array.isArray(spec) && own(spec[1], 'default') !== undefined)
          typed.add(String(spec[0]));
      }
    }
  }
  const isSocket = (name: string) =>
    SOCKETS.has(name) || (given.has(name) && !typed.has(name) && !WIDGETS.has(name));
  const test = (type: unknown) =>
    typeof type === 'string' && type.split(',').every((name) => isSocket(name.trim()));
  socketTests.set(catalogue, test);
  return test;
}
