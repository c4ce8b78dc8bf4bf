import type { Brief } from './brief.v1.ts';
import type { Workflow } from './workflow.v1.ts';

/** The chosen flow bound to the brief: validated, sanitised and ready to run. */
export interface Plan {
  /** Identifies this attempt: a lowercase UUID, unique per submit. */
  id: string;
  runId: string;
  flowId: string;
  /** API format; the executor sends it unchanged but for rewrites that it declares. */
  workflow: Workflow;
  /** Ids of the output nodes, the one furthest behind in the graph first. */
  outputNodes: string[];
  /** Canonical hash of `workflow`, values included. */
  hash: string;
  /** The first image's seed, decimal, exact up to 2^64 − 1. */
  seed: string;
  brief: Brief;
}
