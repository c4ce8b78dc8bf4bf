import type { Brief, Flow, Inventory, Limits, ModelRequirement } from '../spec/index.ts';
import { briefReasons } from './brief-fit.ts';
import { checkInventory } from './inventory-fit.ts';
import { checkLimits } from './limits-fit.ts';

/** Why a flow is left out: a stable code for programs and a sentence for people. */
export interface FlowReason {
  code:
    | 'missing-class'
    | 'missing-model'
    | 'no-prompt-slot'
    | 'subjects'
    | 'relation'
    | 'count'
    | 'licence'
    | 'vram';
  message: string;
}

/** Whether a flow can run, and what stands in its way. */
export interface FlowCheck {
  /** `true` where nothing is known to stand in the way. */
  canRun: boolean;
  reasons: FlowReason[];
  missing: { classes: string[]; models: ModelRequirement[] };
  /** What could not be checked, one sentence each: a backend that hides its node classes, a flow that states no memory. */
  unknown: string[];
}

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
  const reasons = [
    ...(stock?.reasons ?? []),
    ...(brief === undefined ? [] : briefReasons(flow, brief.parts)),
    ...(bounds?.reasons ?? []),
  ];
  return {
    canRun: reasons.length === 0,
    reasons,
    missing: stock?.missing ?? { classes: [], models: [] },
    unknown: [...(stock?.unknown ?? []), ...(bounds?.unknown ?? [])],
  };
}
