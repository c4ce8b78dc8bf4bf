import { isLink, type Workflow } from 'comfygen/workflow';

/** Node ids, each after all that feed it; else by number, then by text, whatever the order of keys. */
export function sortNodes(workflow: Workflow): string[] {
  const done = new Set<string>();
  // A stack of its own: a chain may be longer than the engine's stack is deep.
  const stack = Object.keys(workflow).sort(compare).reverse();
  while (stack.length > 0) {
    const id = stack.at(-1)!;
    const open = done.has(id)
      ? []
      : Object.values(workflow[id]!.inputs)
          .filter(isLink)
          .map(([source]) => source)
          .filter((source) => !done.has(source));
    if (open.length > 0) {
      stack.push(...[...new Set(open)].sort(compare).reverse());
      continue;
    }
    done.add(id);
    stack.pop();
  }
  return [...done];
}

function compare(a: string, b: string): number {
  const [left, right] = [a, b].map((id) => (/^\d+$/.test(id) ? Number(id) : Number.MAX_VALUE));
  return left! - right! || (a < b ? -1 : a > b ? 1 : 0);
}
