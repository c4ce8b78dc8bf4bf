import { ComfygenError } from '../errors/comfygen-error.ts';
import { filterFlows } from '../library/filter-flows.ts';
import type { Brief, ExecutorV1, Flow, Inventory } from '../spec/index.ts';
import type { RunContext } from './run-context.ts';
import { settleBy } from './run-context.ts';
import type { SkippedFlow } from './types.ts';

/** What one executor can run of the library for this brief. */
export interface ExecutorOffer {
  executor: ExecutorV1;
  inventory: Inventory | null;
  flowIds: Set<string>;
}

/** What the selector is offered. */
export interface Offer {
  flows: Flow[];
  skipped: SkippedFlow[];
  executors: ExecutorOffer[];
}

/** The flows that at least one executor can run and that fit the brief; for each other one, why not. */
export async function offerFlows(
  flows: readonly Flow[],
  executors: readonly ExecutorV1[],
  brief: Brief,
  run: RunContext,
): Promise<Offer> {
  const offers: ExecutorOffer[] = [];
  const skipped = new Map<string, SkippedFlow>();
  for (const executor of executors) {
    const inventory = await readInventory(executor, run);
    const filtered = filterFlows(flows, { brief, ...(inventory ? { inventory } : {}) });
    offers.push({ executor, inventory, flowIds: new Set(filtered.offered.map((flow) => flow.id)) });
    // The first executor's reasons are kept: that is the one the host prefers.
    for (const { flow, reasons, missing } of filtered.skipped) {
      if (!skipped.has(flow.id)) skipped.set(flow.id, { flowId: flow.id, reasons, missing });
    }
  }
  const runnable = flows.filter((flow) => offers.some((offer) => offer.flowIds.has(flow.id)));
  for (const { id } of runnable) skipped.delete(id);
  return { flows: runnable, skipped: [...skipped.values()], executors: offers };
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

async function readInventory(executor: ExecutorV1, run: RunContext): Promise<Inventory | null> {
  if (!executor.supports.inventory || !executor.inventory) return null;
  try {
    return await settleBy(run.call.signal, () => executor.inventory!(run.call));
  } catch (error) {
    run.call.signal.throwIfAborted();
    const reason = error instanceof Error ? error.message : String(error);
    run.warn(
      {
        code: 'inventory-unknown',
        message: `What ${executor.name} can run is not known: ${reason}`,
      },
      { role: 'executor', name: executor.name },
    );
    return null;
  }
}
