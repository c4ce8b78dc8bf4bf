import type { Flow, SelectorRequest, Warning } from 'comfygen/plugin';
import { checkGraph } from './check-graph.ts';
import type { SlottedWorkflow } from './notation/expand-workflow.ts';
import type { Settings } from './options.ts';
import { type ReadReply, readReply } from './read-reply.ts';
import { findNearest } from './workflow-distance.ts';

/** The flow that a model's reply leads to. */
export interface Choice {
  flow: Flow;
  /**
   * How the reply led to it. `named`: by its id; `written`: by an equal workflow; `new`: the reply holds a runnable
   * workflow of its own, nearest to `flow`; `nearest`: what the reply asks for can't run here, and `flow` is nearest
   * to it.
   */
  kind: 'named' | 'written' | 'new' | 'nearest';
  /** The distance from what the reply asks for to the flow, 0 to 1; see `workflowDistance`. */
  distance: number;
  graph?: SlottedWorkflow | undefined;
  warnings: Warning[];
}

/** Larger graphs are not compared: a model that writes them is lost. */
const MOST_NODES = 500;

/** The flow that a reply stands for, always one on offer; a list of faults where it stands for none. */
export function chooseFlow(
  { text, isCut }: { text: string; isCut: boolean },
  request: SelectorRequest,
  settings: Pick<Settings, 'known' | 'policy'>,
): Choice | { faults: string[] } {
  const ids = request.flows.map((flow) => flow.id);
  const reply = readReply(text, ids);
  if (reply.kind === 'flow') return chooseNamed(reply, request, settings.known ?? []);
  if (reply.kind === 'workflow') {
    const fault = reply.fault ?? (isCut ? 'the reply was cut off' : undefined);
    return chooseWritten({ ...reply, fault }, request, settings);
  }
  return unusable('it holds neither the id of a flow nor a workflow');
}

function chooseNamed(
  { id, extra }: Extract<ReadReply, { kind: 'flow' }>,
  { flows }: SelectorRequest,
  known: readonly Flow[],
): ReturnType<typeof chooseFlow> {
  const found = flows.find((flow) => flow.id === id);
  if (found && !extra) return { flow: found, kind: 'named', distance: 0, warnings: [] };
  const similar = flows.filter((flow) => plainId(flow.id) === plainId(id));
  const meant = found ?? (similar.length === 1 ? similar[0] : undefined);
  if (meant) {
    const what = extra ? 'said more than the id of a flow' : `wrote ${shown(id)}`;
    const warnings = [repaired(`The model ${what}; ${meant.id} was taken.`, 0)];
    return { flow: meant, kind: 'named', distance: 0, warnings };
  }
  const absent = known.find((flow) => flow.id === id);
  const near = absent && findNearest(absent, flows);
  if (!near) return unusable(`it names ${shown(id)}, which is not on offer`);
  const message = `The model chose ${id}, which can't run here; ${near.nearest.id} is the nearest, at a distance of ${rounded(near.distance)}.`;
  return { ...taken(near), kind: 'nearest', warnings: [repaired(message, near.distance)] };
}

function chooseWritten(
  { graph, fault }: Extract<ReadReply, { kind: 'workflow' }>,
  request: SelectorRequest,
  { policy }: Pick<Settings, 'policy'>,
): ReturnType<typeof chooseFlow> {
  const size = Object.keys(graph.workflow).length;
  if (size === 0 || size > MOST_NODES) return unusable(fault ?? `it has ${size} nodes`);
  const near = findNearest(graph, request.flows)!;
  if (fault === undefined && near.distance === 0) {
    return { ...taken(near), kind: 'written', warnings: [] };
  }
  const checked = fault === undefined ? checkGraph(graph, request, policy) : { faults: [fault] };
  if ('faults' in checked) {
    const message = `The model wrote a workflow that can't run: ${checked.faults.join(' ')} ${near.nearest.id} is the nearest, at a distance of ${rounded(near.distance)}.`;
    return { ...taken(near), kind: 'nearest', warnings: [repaired(message, near.distance)] };
  }
  const warnings = checked.changes.map((message) => ({ code: 'workflow-sanitized', message }));
  // Cleaned, it may be a flow that is known.
  const again = findNearest(checked.graph, request.flows)!;
  if (again.distance === 0) return { ...taken(again), kind: 'written', warnings };
  return { ...taken(again), kind: 'new', graph: checked.graph, warnings };
}

const taken = ({ nearest, distance }: { nearest: Flow; distance: number }) => ({
  flow: nearest,
  distance: rounded(distance),
});

const rounded = (distance: number) => Math.round(distance * 1_000) / 1_000;

const shown = (id: string) => JSON.stringify(id.length > 60 ? `${id.slice(0, 57)}...` : id);

/** `SDXL_Base` and `sdxl base` are `sdxl-base`. */
const plainId = (id: string) =>
  id
    .trim()
    .toLowerCase()
    .replaceAll(/[\s_-]+/g, '-');

const repaired = (message: string, distance: number): Warning => ({
  code: 'reply-repaired',
  message,
  details: { distance: rounded(distance) },
});

const unusable = (why: string) => ({ faults: [why] });
