import type { Brief } from './brief.v1.ts';
import type { Workflow } from './workflow.v1.ts';

/** A picture that has to be stored at the backend before a plan is submitted, and where its name goes then. */
export interface PlanFile {
  node: string;
  input: string;
  /** The file name to store it under, made from its hash; `workflow` has it too. */
  name: string;
  mediaType: string;
  /** `sha256:` of the bytes. */
  hash: string;
  bytes: Uint8Array;
}

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
  /**
   * What to upload first; core does that, and an executor gets none of them unless it declares `files`. What an upload
   * answers takes the name's place in the graph that is sent.
   */
  files?: PlanFile[] | undefined;
}
