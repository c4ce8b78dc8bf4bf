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

/**
 * Orders node ids, so that results do not depend on key order: numbers by value and before words, part by
 * part for the ids of nodes in subgraphs (`57:13`).
 */
export function compareIds(a: string, b: string): number {
  const [left, right] = [a.split(':'), b.split(':')];
  for (const [index, part] of left.entries()) {
    const other = right[index];
    const order = other === undefined ? 1 : compareParts(part, other);
    if (order !== 0) return order;
  }
  return left.length - right.length || compareTexts(a, b);
}

function compareParts(a: string, b: string): number {
  const [isNumber, isOther] = [/^\d+$/.test(a), /^\d+$/.test(b)];
  if (isNumber !== isOther) return isNumber ? -1 : 1;
  return isNumber ? Number(a) - Number(b) : compareTexts(a, b);
}

const compareTexts = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
