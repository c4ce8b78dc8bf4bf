import { ComfygenError } from '../../errors/comfygen-error.ts';
import {
  checkFlow,
  type FilteredFlows,
  filterFlows,
  readsParts,
} from '../../library/check-flow.ts';
import { checkLimits } from '../../library/check-limits.ts';
import { picturesOf } from '../../library/check-pictures.ts';
import type { FlowReason } from '../../library/flow-reason.ts';
import type { Brief, ExecutorV1, Flow, Inventory } from '../../spec/index.ts';
import { letOthersRun } from '../../util/let-others-run.ts';
import { messageOf } from '../../util/message-of.ts';
import { untilAborted } from '../../util/settle.ts';
import type { Settings } from '../options.ts';
import { readInventory } from '../read-answers.ts';
import type { RunContext } from '../run-context.ts';
import type { SkippedFlow } from '../types.ts';
import { readParts } from './brief.ts';
import { createTally, fitFlows, refuseInputs } from './fit-brief.ts';
import { type Measured, measureTimes } from './measured-times.ts';

/** More than a server with all common node packs has. */
const MANY_CLASSES = 5_000;

/** What one executor can run of the library for this brief. */
export interface ExecutorOffer {
  executor: ExecutorV1;
  inventory: Inventory | null;
  /** Why it takes no jobs: it could not be reached, or is set up wrongly. */
  down?: ComfygenError | undefined;
  flowIds: Set<string>;
}

/** The flows that the selector may choose from, those left out, and the executors that can run them. */
export interface Offer {
  /** The brief, with its parts where a part or a flow that can run here reads them. */
  brief: Brief;
  flows: Flow[];
  skipped: SkippedFlow[];
  executors: ExecutorOffer[];
}

/** The flows that at least one executor can run and that fit the brief; for each other one, why not. */
export async function offerFlows(
  settings: Settings,
  brief: Brief,
  run: RunContext,
): Promise<Offer> {
  const { flows, executors } = settings;
  const all: Stock[] = [];
  for (const executor of executors) all.push({ executor, ...(await askInventory(executor, run)) });
  const up = all.filter(({ down }) => down === undefined);
  const stocks = up.length > 0 ? up : all;
  const whole = partsAreRead(settings, stocks) ? await readParts(settings, brief, run) : brief;
  const measured = await measureTimes(settings, whole, run);
  const offers: ExecutorOffer[] = [];
  const skipped = new Map<string, SkippedFlow>();
  const tally = createTally();
  for (const { executor, inventory, down } of stocks) {
    const judged = filterFlows(flows, {
      brief: whole,
      inventory: inventory ?? undefined,
      measured: measured[executor.name],
    });
    const able = takesPictures(executor, whole) ? judged : withoutUpload(judged, executor);
    const filtered = await fitFlows(able, whole, inventory, tally);
    const flowIds = new Set(filtered.offered.map((flow) => flow.id));
    offers.push({ executor, inventory, down, flowIds });
    // The first executor's reasons are kept: that is the one the host prefers.
    for (const { flow, reasons, missing } of filtered.skipped) {
      if (!skipped.has(flow.id)) skipped.set(flow.id, { flowId: flow.id, reasons, missing });
    }
  }
  const runnable = flows.filter((flow) => offers.some((offer) => offer.flowIds.has(flow.id)));
  for (const { id } of runnable) skipped.delete(id);
  refuseInputs(whole, tally, runnable.length > 0);
  sayUnjudged(brief, measured, { flows: runnable, executors: offers }, run);
  return { brief: whole, flows: runnable, skipped: [...skipped.values()], executors: offers };
}

/** Whether an executor can be given what the brief brings. */
function takesPictures({ upload, supports }: ExecutorV1, brief: Brief): boolean {
  const stored = Object.values(picturesOf(brief)).some((picture) => 'hash' in picture);
  return !stored || supports.files === true || upload !== undefined;
}

function withoutUpload({ offered, skipped, ...rest }: FilteredFlows, { name }: ExecutorV1) {
  const message = `${name} has no upload, so no picture can be given to it`;
  const reasons: FlowReason[] = [{ code: 'no-upload', message }];
  const missing = { classes: [], models: [] };
  const left = offered.map((flow) => ({ flow, reasons, missing }));
  return { ...rest, offered: [], skipped: [...left, ...skipped] };
}

/** Limits that flows say nothing about leave them on offer, which the caller has to know. */
function sayUnjudged(
  { limits }: Brief,
  measured: Measured,
  { flows, executors }: Pick<Offer, 'flows' | 'executors'>,
  { warn }: RunContext,
): void {
  const unjudged: { [limit: string]: string[] } = {};
  for (const flow of flows) {
    const takers = executors.filter(({ flowIds }) => flowIds.has(flow.id));
    const silent = takers.flatMap(({ executor }) => {
      const known = measured[executor.name]?.[flow.id];
      return checkLimits(flow, { limits, measured: known }).unjudged;
    });
    for (const limit of new Set(silent)) unjudged[limit] = [...(unjudged[limit] ?? []), flow.id];
  }
  const said = Object.entries(unjudged).map(([limit, ids]) => {
    const more = ids.length > 5 ? ` and ${ids.length - 5} more` : '';
    return `${limit} of ${ids.slice(0, 5).join(', ')}${more}`;
  });
  if (said.length === 0) return;
  const message = `Not known, so not judged: ${said.join('; ')}. strictLimits leaves out such flows.`;
  warn({ code: 'limit-not-judged', message, details: unjudged });
}

type Stock = Omit<ExecutorOffer, 'flowIds'>;

/** Whether a part that is plugged in, or a flow that can run here, reads the prompt's parts. */
function partsAreRead({ flows, selector, scorer }: Settings, stocks: readonly Stock[]): boolean {
  if (selector?.supports.parts || scorer?.supports.parts) return true;
  const runsHere = (flow: Flow) =>
    stocks.some(({ inventory }) => checkFlow(flow, { inventory: inventory ?? undefined }).canRun);
  return flows.some((flow) => readsParts(flow) && runsHere(flow));
}

/** The flow that the caller asked for by id, as the only one on offer. */
export function forceFlow(offer: Offer, flows: readonly Flow[], id: string): Offer {
  const flow = flows.find((one) => one.id === id);
  if (!flow) {
    const near = flows
      .filter((one) => one.id.includes(id) || id.includes(one.id))
      .map((one) => one.id);
    const hint = near.length > 0 ? ` Did you mean ${near.slice(0, 3).join(', ')}?` : '';
    throw new ComfygenError('NO_FLOW', `The library has no flow "${id}".${hint}`, {
      details: { flow: id },
    });
  }
  if (!offer.flows.includes(flow)) {
    const why =
      offer.skipped.find((one) => one.flowId === id)?.reasons.map((reason) => reason.message) ?? [];
    throw new ComfygenError('NO_FLOW', `Flow "${id}" can't run here: ${why.join('; ')}.`, {
      details: { flow: id, reasons: why },
    });
  }
  return { ...offer, flows: [flow] };
}

/** Refuses to run on executors none of which can be reached: no flow is to be chosen and sent for nothing. */
export function refuseAllDown({ executors }: Offer): void {
  const [first] = executors;
  if (first?.down && executors.every(({ down }) => down)) throw first.down;
}

async function askInventory(
  executor: ExecutorV1,
  run: RunContext,
): Promise<Pick<ExecutorOffer, 'inventory' | 'down'>> {
  if (!executor.inventory) return { inventory: null };
  try {
    const told = await untilAborted(run.call.signal, () => executor.inventory!(run.call));
    const inventory = readInventory(told, { role: 'executor', name: executor.name });
    // Of a catalogue of tens of megabytes each pass takes a tenth of a second.
    const classes = Object.keys(inventory.catalogue ?? {}).length;
    if (classes > MANY_CLASSES) await letOthersRun(run.call.signal);
    return { inventory };
  } catch (error) {
    run.call.signal.throwIfAborted();
    const reason = messageOf(error);
    run.warn(
      {
        code: 'inventory-unknown',
        message: `What ${executor.name} can run is not known: ${reason}`,
      },
      { role: 'executor', name: executor.name },
    );
    const isDown =
      ComfygenError.is(error, 'UNAVAILABLE') || ComfygenError.is(error, 'INVALID_OPTIONS');
    const down = isDown ? error : undefined;
    return { inventory: null, down };
  }
}
