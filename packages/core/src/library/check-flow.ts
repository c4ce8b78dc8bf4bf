import type { Brief, Flow, Inventory, Limits } from '../spec/index.ts';
import { checkBrief } from './brief-fit.ts';
import type { FlowCheck } from './flow-check.ts';
import { checkInventory } from './inventory-fit.ts';
import { checkLimits } from './limits-fit.ts';

export type { FlowCheck, FlowReason } from './flow-check.ts';

/** What a flow is held against; nothing given, nothing checked. */
export interface CheckFlowOptions {
  inventory?: Inventory | undefined;
  brief?: Brief | undefined;
  /** Default: the brief's. */
  limits?: Limits | undefined;
}

/** Whether a flow can run on a backend, fits a brief and meets the limits; never throws. */
export function checkFlow(flow: Flow, options: CheckFlowOptions = {}): FlowCheck {
  const { inventory, brief } = options;
  const limits = options.limits ?? brief?.limits;
  const stock = inventory === undefined ? undefined : checkInventory(flow, inventory);
  const bounds = limits === undefined ? undefined : checkLimits(flow, limits);
  const fit = brief === undefined ? undefined : checkBrief(flow, brief);
  const reasons = [...(stock?.reasons ?? []), ...(fit?.reasons ?? []), ...(bounds?.reasons ?? [])];
  return {
    canRun: reasons.length === 0,
    reasons,
    missing: stock?.missing ?? { classes: [], models: [] },
    unknown: [...(stock?.unknown ?? []), ...(fit?.unknown ?? []), ...(bounds?.unknown ?? [])],
  };
}
