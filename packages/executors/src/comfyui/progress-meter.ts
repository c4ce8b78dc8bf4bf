import type { JobProgress, Plan } from 'comfygen/plugin';
import type { NodeProgress } from './read-message.ts';

/** How much of a job a node stands for: samplers take most of the time. */
const SAMPLER = 20;

/** Adds a job's progress up from what its nodes do. */
export interface ProgressMeter {
  /** The last progress; `undefined` before there was any. */
  readonly last: JobProgress | undefined;
  cached(ids: readonly string[]): JobProgress;
  start(id: string): JobProgress;
  step(id: string, value: number, max: number): JobProgress;
  /** The nodes so far, as the server lists them. `undefined` where that is nothing new. */
  nodes(list: readonly NodeProgress[]): JobProgress | undefined;
}

/** A meter for a graph; its fraction never falls. Nodes that a node expands into are left out. */
export function createProgressMeter(workflow: Plan['workflow']): ProgressMeter {
  const weights = new Map(
    Object.entries(workflow).map(([id, { class_type }]) => [
      id,
      /Sampler(?!Select)/.test(class_type) ? SAMPLER : 1,
    ]),
  );
  const total = [...weights.values()].reduce((sum, weight) => sum + weight, 0) || 1;
  const done = new Map<string, number>();
  let node: string | undefined;
  let steps: { step?: number; steps?: number } = {};
  let fraction = 0;
  let last: JobProgress | undefined;

  const mark = (id: string, share: number) => {
    if (weights.has(id)) done.set(id, Math.max(done.get(id) ?? 0, Math.min(1, share)));
  };
  const tell = (): JobProgress => {
    const sum = [...done].reduce((all, [id, share]) => all + share * (weights.get(id) ?? 0), 0);
    fraction = Math.max(fraction, Math.min(1, sum / total));
    const classType = node === undefined ? undefined : workflow[node]?.class_type;
    last = { fraction, node, classType, ...steps };
    return last;
  };
  return {
    get last() {
      return last;
    },
    cached(ids) {
      for (const id of ids) mark(id, 1);
      return tell();
    },
    start(id) {
      // Older servers don't say when a node is done: the next one says it.
      if (node !== undefined && node !== id) mark(node, 1);
      node = id;
      steps = {};
      return tell();
    },
    step(id, value, max) {
      if (max > 0) mark(id, value / max);
      node = id;
      if (max > 1) steps = { step: value, steps: max };
      return tell();
    },
    nodes(list) {
      const before = fraction;
      for (const { id, value, max, finished } of list)
        mark(id, finished ? 1 : max > 0 ? value / max : 0);
      const now = tell();
      return now.fraction > before ? now : undefined;
    },
  };
}
