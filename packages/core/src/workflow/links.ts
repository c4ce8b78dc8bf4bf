import type { InputValue, Link, Workflow } from '../spec/index.ts';

/** Whether an input's value is a link: exactly `[node id, output index]`. */
export function isLink(value: unknown): value is Link {
  return (
    Array.isArray(value) &&
    value.length === 2 &&
    typeof value[0] === 'string' &&
    typeof value[1] === 'number'
  );
}

/** Whether a graph has a node of this id; inherited names such as `toString` are not nodes. */
export function hasNode(workflow: Workflow, id: string): boolean {
  return Object.hasOwn(workflow, id);
}

/** The links of a node's inputs, by input name; a link that points nowhere is among them. */
export function linksOf(
  inputs: { [name: string]: InputValue } | undefined,
): [name: string, link: Link][] {
  return Object.entries(inputs ?? {}).filter((entry): entry is [string, Link] => isLink(entry[1]));
}

/** Ids of nodes in numeric-then-alphabetic order, so that results do not depend on key order. */
export function compareIds(a: string, b: string): number {
  const byNumber = Number(a) - Number(b);
  if (byNumber) return byNumber;
  return a < b ? -1 : a > b ? 1 : 0;
}
