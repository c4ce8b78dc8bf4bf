import type { Link, Workflow } from 'comfygen/plugin';
import type { InputPlace } from './check-literal.ts';
import type { InputSpec, NodeDefinition } from './node-definition.ts';
import { createNodeError } from './node-error.ts';
import type { NodeRegistry } from './node-registry.ts';

/** The link, checked: the output exists and its type fits the input. Throws INVALID_WORKFLOW. */
export function checkLink(
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
