import type { ScoreMatrix } from 'comfygen/plugin';

/**
 * Which flows can be compared within prompts: two flows of one group are joined by prompts that were scored with
 * both, or by a chain of such flows. The group of each flow, by number.
 */
export function joinFlows(scores: ScoreMatrix['scores'], flows: number): number[] {
  const parent = Array.from({ length: flows }, (_, flow) => flow);
  const find = (flow: number): number => {
    let root = flow;
    while (parent[root] !== root) root = parent[root]!;
    return root;
  };
  for (const row of scores) {
    let first = -1;
    for (let flow = 0; flow < flows; flow += 1) {
      if (row[flow] === null) continue;
      if (first < 0) first = find(flow);
      else parent[find(flow)] = first;
    }
  }
  return parent.map((_, flow) => find(flow));
}
