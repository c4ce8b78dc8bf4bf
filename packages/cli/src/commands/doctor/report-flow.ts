import type { ModelRequirement } from 'comfygen';
import type { CheckedFlow } from '../flows/open-library.ts';

/** A flow, and what keeps it from running; JSON-safe. */
export interface ReportedFlow {
  id: string;
  baseModel: string | null;
  canRun: boolean;
  missing: { classes: string[]; models: ModelRequirement[] };
  reasons: string[];
}

/** What `doctor` says of a flow. */
export function reportFlow({ flow, check }: CheckedFlow): ReportedFlow {
  return {
    id: flow.id,
    baseModel: flow.baseModel,
    canRun: check.canRun,
    missing: check.missing,
    reasons: check.reasons.map(({ message }) => message),
  };
}
