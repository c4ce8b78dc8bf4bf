import type { InputValue, Warning, Workflow } from 'comfygen/plugin';
import { ComfygenError } from 'comfygen/plugin';
import { checkLink } from './check-link.ts';
import { checkLiteral, type InputPlace } from './check-literal.ts';
import {
  type CheckedGraph,
  type CheckedInput,
  type CheckedNode,
  linksOf,
} from './checked-graph.ts';
import { DEFAULT_LIMITS, howToAllow, type Limits } from './limits.ts';
import type { InputSpec, NodeDefinition } from './node-definition.ts';
import { createNodeError } from './node-error.ts';
import type { NodeRegistry } from './node-registry.ts';
import { orderNodes } from './order-nodes.ts';

/**
 * The graph, checked and in the order in which to run it. Only output nodes and what they need stay. Light nodes come
 * before heavy ones, so that bad text or a wrong size is found before sampling. Throws MISSING_NODE, MISSING_MODEL,
 * MISSING_INPUT or INVALID_WORKFLOW with the node's id.
 */
export function checkGraph(
  workflow: Workflow,
  registry: NodeRegistry,
  filesOf: (folder: string) => readonly string[],
  limits: Limits = DEFAULT_LIMITS,
): CheckedGraph {
  const entries = Object.entries(workflow);
  checkSize(entries, limits);
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

function checkSize(entries: [string, unknown][], limits: Limits): void {
  const refuse = (limit: 'maxNodes' | 'maxTextLength', found: number, what: string) => {
    if (found <= limits[limit]) return;
    throw new ComfygenError(
      'INVALID_WORKFLOW',
      `The workflow has ${found} ${what}, more than the limit of ${limits[limit]}. ${howToAllow(limit)}`,
      { details: { found, [limit]: limits[limit] } },
    );
  };
  refuse('maxNodes', entries.length, 'nodes');
  const texts = entries.flatMap(([, node]) =>
    Object.values(Object((node as { inputs?: unknown } | null)?.inputs)),
  );
  const length = texts.reduce<number>(
    (sum, text) => sum + (typeof text === 'string' ? text.length : 0),
    0,
  );
  refuse('maxTextLength', length, 'characters of text');
}

function checkClasses(entries: [string, unknown][], registry: NodeRegistry): void {
  for (const [id, node] of entries) {
    const { class_type: classType, inputs = {} } = Object(node) as { [name: string]: unknown };
    if (typeof classType !== 'string' || typeof inputs !== 'object' || inputs === null) {
      const message = `Node ${id} is no node: it needs a class_type and inputs.`;
      throw new ComfygenError('INVALID_WORKFLOW', message, { details: { nodeId: id } });
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
