import type { FlowReason } from '../library/check-flow.ts';
import type {
  Brief,
  CandidateRecord,
  Clock,
  ExecutorV1,
  Flow,
  JobOutput,
  JobStore,
  JsonObject,
  Limits,
  Log,
  ModelRequirement,
  Plan,
  PromptReader,
  RecordStore,
  RunRecord,
  Score,
  ScorerV1,
  Selection,
  SelectorV1,
  Warning,
} from '../spec/index.ts';
import type { SafetyPolicy } from '../workflow/policy/policy.ts';
import type { ValidationResult } from '../workflow/validate/types.ts';

/** What a host plugs in. */
export interface ComfyGenOptions {
  /** The library to choose from; ids must differ. */
  flows: readonly Flow[];
  /** Default: the first flow that fits, which the result says. */
  selector?: SelectorV1 | undefined;
  /** One executor, or several that are tried in this order. */
  executor: ExecutorV1 | readonly ExecutorV1[];
  /** Without one the images keep the executor's order and have no score. */
  scorer?: ScorerV1 | undefined;
  /** Splits a prompt into its parts where a flow or the selector reads them. Default: reads English. */
  reader?: PromptReader | undefined;
  /** Keeps a record of each run. Default: the last 1,000 in memory. */
  records?: RecordStore | undefined;
  /** Keeps references of jobs in flight. Default: memory, which a crash loses. */
  jobs?: JobStore | undefined;
  /** Jobs in flight at once over all runs. Default 1. */
  concurrency?: number | undefined;
  /** Further tries of one flow on one executor after a failure that may pass. Default 2, 0 to 10. */
  maxRetries?: number | undefined;
  /**
   * What a workflow may contain. A workflow that a selector wrote is always checked, with core's default
   * policy where none is given; the library's own flows only where one is given.
   */
  policy?: SafetyPolicy | undefined;
  /** Default: the machine's time. */
  clock?: Clock | undefined;
  /** Default: silent. */
  log?: Log | undefined;
}

/** What a caller wants of one run, besides the prompt. */
export interface GenerateOptions {
  /** 0 to 2^64 − 1; drawn once where absent, and said in the result. Above 2^53 − 1 give a `bigint`. */
  seed?: number | bigint | undefined;
  /** Images, 1 to 64. Default 1. */
  count?: number | undefined;
  /** In pixels, 16 to 16,384. Default: the flow's own. */
  width?: number | undefined;
  /** As `width`. */
  height?: number | undefined;
  /** What the picture should not show. Default: the flow's own text. */
  negative?: string | undefined;
  /** Hard limits: flows that break one are not offered. Default: none. */
  limits?: Limits | undefined;
  /** Runs this flow, by id, whatever the selector would choose. */
  flow?: string | undefined;
  /** Seeds the choice, 0 to 2^32 − 1. Default 0. */
  choiceSeed?: number | undefined;
  /** Options of parts for this run, by part name. */
  options?: { [part: string]: JsonObject } | undefined;
  /** Stops the run at once; its reason is what the promise rejects with. */
  signal?: AbortSignal | undefined;
  /** Gives up on the whole run after this many milliseconds with CLIENT_TIMEOUT. Default: never. */
  timeoutMs?: number | undefined;
}

/** A flow that was not offered to the selector, and why. */
export interface SkippedFlow {
  flowId: string;
  /** At least one. */
  reasons: FlowReason[];
  /** Node classes and model files that the executor has not, with where to get them. */
  missing: { classes: string[]; models: ModelRequirement[] };
}

/** What would be chosen. */
export interface SelectResult {
  brief: Brief;
  selection: Selection;
  /** Ids of the flows that the selector was given, in the library's order. */
  offered: string[];
  skipped: SkippedFlow[];
  /** What was skipped, defaulted, corrected or cached on the way, in order. */
  warnings: Warning[];
}

/** What would be run. */
export interface PlanResult extends SelectResult {
  /** The flow that the plan is made from. */
  flow: Flow;
  /** The first image's plan; a flow without a batch slot has one an image. */
  plan: Plan;
  /** What the executor's node classes say of the graph; `unknown` where it keeps them to itself. */
  validation: ValidationResult;
}

/** One picture. */
export interface ResultImage {
  bytes: Uint8Array;
  mediaType: string;
  /** `sha256:` of the bytes. */
  hash: string;
  /** Decimal. In a batch all images share the job's seed, each with its own part of the noise. */
  seed: string;
  /** The flow that made it. */
  flowId: string;
  /** Position among the run's images as they were made, from 0. */
  index: number;
  output: JobOutput;
  /** `null` where no scorer is plugged in or it failed. */
  score: Score | null;
}

/** One try of a flow on an executor. */
export interface Attempt {
  flowId: string;
  executor: string;
  outcome: 'succeeded' | 'failed';
  /** The code and message of what went wrong. */
  error?: { code: string; message: string } | undefined;
}

/** What a run resolves with. */
export interface GenerateResult extends PlanResult {
  /** Names the run in events, records and `feedback`. */
  runId: string;
  /** The first of `images`. */
  best: ResultImage;
  /** Best score first; without scores in the order in which they were made. Of a shortlist those of all its flows. */
  images: ResultImage[];
  /** Every flow of the shortlist in the order of the ranking, or the one that was run. */
  candidates: CandidateRecord[];
  /** The executor that made the best. */
  executor: string;
  /** Every try, in order; more than one after failures. */
  attempts: Attempt[];
  /** As it was kept, or should have been where a warning says that it could not. */
  record: RunRecord;
  timings: RunRecord['timings'];
}

/** The images of a job that was picked up again. */
export interface ResumeResult {
  runId: string;
  planId: string;
  flowId: string;
  executor: string;
  images: Omit<ResultImage, 'score' | 'seed' | 'flowId'>[];
  warnings: Warning[];
}
