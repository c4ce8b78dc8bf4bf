import type { InputValue, Link, Warning, Workflow } from 'comfygen/plugin';
import { ComfygenError } from 'comfygen/plugin';
import { checkLiteral, type InputPlace } from './check-literal.ts';
import type { InputSpec, NodeDefinition } from './node-definition.ts';
import { createNodeError } from './node-error.ts';
import type { NodeRegistry } from './node-registry.ts';

/** A checked input: a value of the declared type, or a link. */
type CheckedInput = { value: unknown } | { link: Link };

/** A node that will run. */
export interface CheckedNode {
  id: string;
  definition: NodeDefinition;
  inputs: { [name: string]: CheckedInput };
}

/** A graph that can run: the nodes that the outputs need, each after all that it needs. */
export interface CheckedGraph {
  nodes: CheckedNode[];
  warnings: Warning[];
}

/**
 * Checks a graph before anything runs and orders it. Only output nodes and what they need stay.
 * Light nodes come before heavy ones, so that bad text or a wrong size is found before sampling.
 * Throws MISSING_NODE, MISSING_MODEL, MISSING_INPUT or INVALID_WORKFLOW with the node's id.
 */
export function checkGraph(
  workflow: Workflow,
  registry: NodeRegistry,
  filesOf: (folder: string) => readonly string[],
): CheckedGraph {
  const entries = Object.entries(workflow);
  checkClasses(entries, registry);
  const outputs = entries.filter(([, node]) => registry.get(node.class_type)?.outputNode);
  if (outputs.length === 0) {
    throw new ComfygenError('INVALID_WORKFLOW', 'The workflow has no output node (SaveImage).');
  }
  const warnings: Warning[] = [];
  const checked = new Map<string, CheckedNode>();
  const pending = outputs.map(([id]) => id);
  for (let id = pending.pop(); id !== undefined; id = pending.pop()) {
    if (checked.has(id)) continue;
    const node = checkNode(id, workflow, registry, filesOf, warnings);
    checked.set(id, node);
    pending.push(...linksOf(node).map(([source]) => source));
  }
  const inGraphOrder = entries.flatMap(([id]) => checked.get(id) ?? []);
  warnings.push(...unusedNodes(entries.map(([id]) => id).filter((id) => !checked.has(id))));
  return { nodes: orderNodes(inGraphOrder), warnings };
}

function unusedNodes(ids: string[]): Warning[] {
  if (ids.length === 0) return [];
  const message = `No output needs ${ids.length === 1 ? 'node' : 'nodes'} ${ids.join(', ')}: not run.`;
  return [{ code: 'unused-nodes', message, details: { nodeIds: ids } }];
}

/** The links of a checked node. */
function linksOf(node: CheckedNode): Link[] {
  return Object.values(node.inputs).flatMap((input) => ('link' in input ? [input.link] : []));
}

function checkClasses(entries: [string, unknown][], registry: NodeRegistry): void {
  for (const [id, node] of entries) {
    const classType = (node as { class_type?: unknown } | null)?.class_type;
    if (typeof classType !== 'string') {
      throw new ComfygenError('INVALID_WORKFLOW', `Node ${id} has no class_type.`, {
        details: { nodeId: id },
      });
    }
    if (registry.has(classType)) continue;
    throw createNodeError(
      'MISSING_NODE',
      id,
      classType,
      `the embedded executor has no node class "${classType}".`,
      { known: [...registry.keys()] },
    );
  }
}

function checkNode(
  id: string,
  workflow: Workflow,
  registry: NodeRegistry,
  filesOf: (folder: string) => readonly string[],
  warnings: Warning[],
): CheckedNode {
  const { class_type: classType, inputs: given = {} } = workflow[id] as Workflow[string];
  const definition = registry.get(classType) as NodeDefinition;
  const { required, optional = {} } = definition.inputs;
  const inputs: CheckedNode['inputs'] = {};
  for (const [name, spec] of Object.entries({ ...required, ...optional })) {
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    if (value === undefined) {
      if (Object.hasOwn(optional, name)) continue;
      const message = `required input "${name}" is missing.`;
      throw createNodeError('MISSING_INPUT', id, classType, message, { input: name });
    }
    inputs[name] = checkInput(value, spec, { id, classType, name }, workflow, registry, filesOf);
  }
  warnings.push(...undeclared(id, classType, Object.keys(given), { ...required, ...optional }));
  return { id, definition, inputs };
}

function undeclared(
  nodeId: string,
  classType: string,
  given: string[],
  declared: { [name: string]: InputSpec },
): Warning[] {
  const unknown = given.filter((name) => !Object.hasOwn(declared, name));
  if (unknown.length === 0) return [];
  const message = `Node ${nodeId} (${classType}) does not take ${unknown.join(', ')}: left out.`;
  return [{ code: 'undeclared-input', message, details: { nodeId, classType, inputs: unknown } }];
}

function checkInput(
  value: InputValue,
  spec: InputSpec,
  place: InputPlace,
  workflow: Workflow,
  registry: NodeRegistry,
  filesOf: (folder: string) => readonly string[],
): CheckedInput {
  if (Array.isArray(value)) return { link: checkLink(value, spec, place, workflow, registry) };
  return { value: checkLiteral(value, spec, place, filesOf) };
}

function checkLink(
  value: readonly unknown[],
  [type]: InputSpec,
  { id, classType, name }: InputPlace,
  workflow: Workflow,
  registry: NodeRegistry,
): Link {
  const fail = (reason: string) =>
    createNodeError('INVALID_WORKFLOW', id, classType, `input "${name}" ${reason}`, {
      input: name,
      received: value,
    });
  const [source, slot] = value;
  if (value.length !== 2 || typeof source !== 'string' || !Number.isInteger(slot)) {
    throw fail('is a list that is not a link [node id, output].');
  }
  if (!Object.hasOwn(workflow, source))
    throw fail(`links to node ${source}, which does not exist.`);
  const origin = registry.get((workflow[source] as Workflow[string]).class_type) as NodeDefinition;
  const output = origin.outputs[slot as number];
  if (output === undefined || (slot as number) < 0) {
    throw fail(`links to output ${slot} of node ${source}, which has ${origin.outputs.length}.`);
  }
  const wanted = typeof type === 'string' ? type : 'COMBO';
  if (!typesMeet(output, wanted)) {
    throw fail(`takes ${wanted}, but output ${slot} of node ${source} gives ${output}.`);
  }
  return [source, slot as number];
}

function typesMeet(given: string, wanted: string): boolean {
  if (given === '*' || wanted === '*') return true;
  const options = wanted.split(',').map((type) => type.trim());
  return given.split(',').some((type) => options.includes(type.trim()));
}

const HEAVY = 10;

function orderNodes(nodes: CheckedNode[]): CheckedNode[] {
  const done = new Set<string>();
  const ordered: CheckedNode[] = [];
  let waiting = nodes;
  while (waiting.length > 0) {
    const ready = waiting.filter((node) => linksOf(node).every(([source]) => done.has(source)));
    const next = ready.find((node) => (node.definition.work ?? 1) < HEAVY) ?? ready[0];
    if (next === undefined) throw cycleError(waiting);
    done.add(next.id);
    ordered.push(next);
    waiting = waiting.filter((node) => node !== next);
  }
  return ordered;
}

function cycleError(nodes: CheckedNode[]): ComfygenError {
  const ids = nodes.map((node) => node.id);
  return new ComfygenError(
    'INVALID_WORKFLOW',
    `The workflow has a cycle: nodes ${ids.join(', ')} wait for each other.`,
    { details: { nodeId: ids[0], nodeIds: ids } },
  );
}
