/** Ids of the nodes that lie on a circle of links, or between two circles; empty for a proper graph. */
export function findCycle(upstream: ReadonlyMap<string, readonly string[]>): Set<string> {
  const left = new Map(
    [...upstream].map(([id, ids]) => [id, ids.filter((one) => upstream.has(one))]),
  );
  peel(left);
  const downstream = new Map<string, string[]>([...left.keys()].map((id) => [id, []]));
  for (const [id, ids] of left) for (const one of ids) downstream.get(one)?.push(id);
  peel(downstream);
  return new Set(downstream.keys());
}

/** Takes away nodes that need nothing, then those that needed only them, until none is free. */
function peel(needs: Map<string, string[]>): void {
  const users = new Map<string, string[]>();
  const open = new Map<string, number>();
  for (const [id, ids] of needs) {
    const distinct = new Set(ids);
    open.set(id, distinct.size);
    for (const one of distinct) {
      const list = users.get(one);
      if (list === undefined) users.set(one, [id]);
      else list.push(id);
    }
  }
  const free = [...needs.keys()].filter((id) => open.get(id) === 0);
  for (const id of free) {
    needs.delete(id);
    for (const user of users.get(id) ?? []) {
      const count = (open.get(user) ?? 0) - 1;
      open.set(user, count);
      if (count === 0) free.push(user);
    }
  }
  for (const [id, ids] of needs)
    needs.set(
      id,
      ids.filter((one) => needs.has(one)),
    );
}
