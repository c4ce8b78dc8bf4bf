import type { ModelRequirement } from '../spec/index.ts';

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
