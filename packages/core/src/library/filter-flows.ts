import type { Flow } from '../spec/index.ts';
import type { FlowCheck } from './check-flow.ts';
import { type CheckFlowOptions, checkFlow } from './check-flow.ts';

/** A library split by what a backend, a brief and limits allow. */
export interface FilteredFlows {
  /** The flows that can run and fit, in the library's order. */
  offered: Flow[];
  /** The others, each with all its reasons. */
  skipped: ({ flow: Flow } & Pick<FlowCheck, 'reasons' | 'missing'>)[];
  /** What could not be checked, each sentence once with the flows that it is about. */
  unknown: { message: string; flows: string[] }[];
}

/**
 * The flows that can run here and fit, and for each other one why not and what it lacks.
 * What is not known leaves a flow in (except licences where `commercialUse` is asked for) and is
 * said in `unknown`.
 *
 * @throws INVALID_OPTIONS
 */
export function filterFlows(flows: readonly Flow[], options: CheckFlowOptions = {}): FilteredFlows {
  const offered: Flow[] = [];
  const skipped: FilteredFlows['skipped'] = [];
  const unknown = new Map<string, string[]>();
  for (const flow of flows) {
    const check = checkFlow(flow, options);
    if (!check.canRun) {
      skipped.push({ flow, reasons: check.reasons, missing: check.missing });
      continue;
    }
    offered.push(flow);
    for (const message of check.unknown) {
      unknown.set(message, [...(unknown.get(message) ?? []), flow.id]);
    }
  }
  return {
    offered,
    skipped,
    unknown: [...unknown].map(([message, ids]) => ({ message, flows: ids })),
  };
}
