import { ComfygenError, openDocument, type SealedDocument, sealDocument } from 'comfygen/plugin';
import { z } from 'zod';
import type { Reward } from '../rewards.ts';

const SCHEMA = 'comfygen/bandit-state@1';

/** The number and the sum of rewards; older rewards count for less. */
export interface Tally {
  count: number;
  sum: number;
}

/** What a bandit has learned from runs. */
export interface BanditMemory {
  /** Number of runs that were learned from. */
  runs: number;
  /** The rewards of all flows together. */
  total: Tally & { squares: number };
  flows: Map<string, { all: Tally; labels: Map<string, Tally> }>;
  /** Ids of the latest runs, so that a run that comes again, with a verdict, counts once. */
  recent: string[];
}

/** What a bandit has learned, as plain JSON with a hash that reveals damage. */
export interface BanditState extends SealedDocument {
  schema: typeof SCHEMA;
  /** What rewards are measured against; a state with another anchor is refused. */
  anchor: string;
  runs: number;
  total: Tally & { squares: number };
  flows: { [flowId: string]: Tally & { labels: { [label: string]: Tally } } };
  recent: string[];
}

const RECENT = 1_000;
const tally = z.object({ count: z.number().nonnegative(), sum: z.number() });
const shape = z.object({
  anchor: z.string(),
  runs: z.int().nonnegative(),
  total: tally.extend({ squares: z.number().nonnegative() }),
  flows: z.record(z.string(), tally.extend({ labels: z.record(z.string(), tally) })),
  recent: z.array(z.string()),
});

export function createMemory(): BanditMemory {
  return { runs: 0, total: { count: 0, sum: 0, squares: 0 }, flows: new Map(), recent: [] };
}

/** Adds one run to a memory; what was there before keeps 1 − 1 ÷ `memory` of its weight. */
export function remember(
  state: BanditMemory,
  runId: string,
  labels: readonly string[],
  rewards: readonly Reward[],
  memory: number,
): void {
  fade(state, 1 - 1 / memory);
  for (const { flowId, value } of rewards) {
    const flow = state.flows.get(flowId) ?? { all: { count: 0, sum: 0 }, labels: new Map() };
    state.flows.set(flowId, flow);
    add(flow.all, value);
    for (const label of labels) {
      const cell = flow.labels.get(label) ?? { count: 0, sum: 0 };
      flow.labels.set(label, cell);
      add(cell, value);
    }
    add(state.total, value);
    state.total.squares += value * value;
  }
  state.runs += 1;
  state.recent = [...state.recent, runId].slice(-RECENT);
}

function fade(state: BanditMemory, share: number): void {
  const tallies = [...state.flows.values()].flatMap(({ all, labels }) => [all, ...labels.values()]);
  for (const one of [state.total, ...tallies]) {
    one.count *= share;
    one.sum *= share;
  }
  state.total.squares *= share;
}

function add(to: Tally, value: number): void {
  to.count += 1;
  to.sum += value;
}

/** The memory as a JSON document with a hash. */
export function sealState(
  { runs, total, flows, recent }: BanditMemory,
  anchor: string,
): BanditState {
  const cells = [...flows].map(([flowId, { all, labels }]) => {
    const byLabel = Object.fromEntries([...labels].map(([label, cell]) => [label, { ...cell }]));
    return [flowId, { ...all, labels: byLabel }] as const;
  });
  return sealDocument({
    schema: SCHEMA,
    anchor,
    runs,
    total: { ...total },
    flows: Object.fromEntries(cells),
    recent: [...recent],
  } as const);
}

/** The memory in a JSON document. @throws INVALID_MODEL where it is no state, damaged, or of other settings */
export function openState(value: unknown, anchor: string): BanditMemory {
  const document = openDocument(value, {
    schema: SCHEMA,
    noun: 'state of a bandit',
    code: 'INVALID_MODEL',
  });
  const { success, data } = shape.safeParse(document);
  if (!success)
    throw new ComfygenError('INVALID_MODEL', 'This state of a bandit has other fields.');
  if (data.anchor !== anchor) {
    throw new ComfygenError(
      'INVALID_MODEL',
      `This state of a bandit measures rewards from ${data.anchor}, and this explore from ${anchor}; start without it.`,
    );
  }
  const flows = Object.entries(data.flows).map(([flowId, { labels, ...all }]) => {
    return [flowId, { all, labels: new Map(Object.entries(labels)) }] as const;
  });
  const { runs, total, recent } = data;
  return { runs, total, flows: new Map(flows), recent };
}
