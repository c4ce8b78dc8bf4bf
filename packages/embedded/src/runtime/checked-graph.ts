import type { Link, Warning } from 'comfygen/plugin';
import type { NodeDefinition } from './node-definition.ts';

/** A checked input: a value of the declared type, or a link. */
export type CheckedInput = { value: unknown } | { link: Link };

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

/** The links of a checked node. */
export function linksOf(node: CheckedNode): Link[] {
  return Object.values(node.inputs).flatMap((input) => ('link' in input ? [input.link] : []));
}
