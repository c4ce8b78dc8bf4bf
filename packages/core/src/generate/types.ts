import type { FlowReason } from '../library/flow-reason.ts';
import type {
  Brief,
  BriefInput,
  CandidateRecord,
  Clock,
  ExecutorV1,
  Flow,
  ImageCache,
  JobStore,
  JsonObject,
  Limits,
  Log,
  ModelRequirement,
  Plan,
  PromptReader,
  RecordStore,
  RunRecord,
  ScorerV1,
  Selection,
  SelectorV1,
  Warning,
} from '../spec/index.ts';
import type { SafetyPolicy } from '../workflow/policy/policy.ts';
import type { ValidationResult } from '../workflow/validate/types.ts';
import type { RunEvent } from './events.ts';
import type { Attempt, ResultImage } from './result-image.ts';

export type { Attempt, ResultImage } from './result-image.ts';

/** What a generator is made of: flows, parts, stores and settings. */
export interface ComfyGenOptions {
  /** The library to choose from; ids must differ. */
  flows: readonly Flow[];
  /** Chooses the flow for each prompt. Default: the first flow that fits is taken, and the result says so. */
  selector?: SelectorV1 | undefined;
  /** Runs the flows: one executor, or several that are tried in this order. */
  executor: ExecutorV1 | readonly ExecutorV1[];
  /** Scores the images. Without one they keep the executor's order and have no score. */
  scorer?: ScorerV1 | undefined;
  /** Splits a prompt into its parts where a flow or the selector reads them. Default: reads English. */
  reader?: PromptReader | undefined;
  /** Keeps a record of each run. Default: the last 1,000 in memory. */
  records?: RecordStore | undefined;
  /** Keeps references of submitted jobs, for `resume`. Default: in memory, so a crash loses them. */
  jobs?: JobStore | undefined;
  /**
   * Keeps what jobs have made: the same brief with the same seed, flow and executor comes back at once, with the warning
   * `from-cache`. Runs without a given seed and executors that draw their own are left out of it. Default: none.
   */
  cache?: ImageCache | undefined;
  /** Jobs at once over all runs. Default: as many as the executor can work on, which is 1 for all but a pool. */
  concurrency?: number | undefined;
  /** Further tries of one flow on one executor after a failure that may pass. Default 2, 0 to 10. */
  maxRetries?: number | undefined;
  /** How long what surrounds a picture's making may take; what takes longer costs its own result, with a warning. */
  timeouts?:
    | {
        /** Your `onImage`, for one picture, in milliseconds. Default 60,000. */
        imageMs?: number | undefined;
        /** One picture's score, in milliseconds; a scorer that took longer is not asked again in that run. Default 60,000. */
        scoreMs?: number | undefined;
        /** One read or write of `records`, `jobs` or `cache`, in milliseconds. Default 10,000. */
        storeMs?: number | undefined;
        /** A selector's learning from one run, in milliseconds. Default 10,000. */
        learnMs?: number | undefined;
      }
    | undefined;
  /**
   * What a workflow may contain. A workflow that a selector wrote is always checked, with core's default
   * policy where none is given; the library's own flows only where one is given.
   */
  policy?: SafetyPolicy | undefined;
  /** The time source of core and parts. Default: the machine's time. */
  clock?: Clock | undefined;
  /** Takes the messages that core and parts log. Default: nothing is logged. */
  log?: Log | undefined;
}

/**
 * A picture for a flow: the bytes of a PNG, JPEG or WebP file, at most 64 MiB and 2^26 pixels, or the name of a file
 * that the backend has already.
 */
export type PictureInput = Uint8Array | ArrayBuffer | Blob | { file: string };

/** What a caller wants of one run, besides the prompt. */
export interface GenerateOptions {
  /** The first image's seed, 0 to 2^64 − 1; above 2^53 − 1 a `bigint`. Default: drawn, and said in the result. */
  seed?: number | bigint | undefined;
  /** Images, 1 to 64. Default: one, or as many as the flow's own batch has, which a warning then says. */
  count?: number | undefined;
  /**
   * Only the picture at this place, 0 to 63, of those that the same call makes without it: one of a batch is made
   * again. Give the `count` that the batch was made with too, since a batch of another size may differ.
   */
  index?: number | undefined;
  /** In pixels, 16 to 16,384. Default: the flow's own. */
  width?: number | undefined;
  /** In pixels, 16 to 16,384. Default: the flow's own. */
  height?: number | undefined;
  /**
   * Width to height: `'16:9'`. Each flow keeps its own area, or with a width or a height that side; what comes out is
   * rounded to what the flow holds.
   */
  aspectRatio?: `${number}:${number}` | undefined;
  /** The longer side, in pixels; each flow keeps its own ratio, or `aspectRatio`. */
  longestSide?: number | undefined;
  /**
   * Leaves out the flows that don't give exactly the size that is asked for. Default false: those that can't take a size
   * are left out only where others can, and a warning says what is otherwise.
   */
  exactSize?: boolean | undefined;
  /**
   * Other inputs of the graph: by name (`steps`, `cfg`, `sampler`, `lora:pixel-art`), as `listInputs` of
   * `comfygen/workflow` tells them, or as `node.input`. A flow that has no such input, or can't take the value, is not
   * offered, unless it is `{ value, optional: true }`. At most 100.
   */
  inputs?: { [name: string]: BriefInput | BriefInput['value'] } | undefined;
  /** What the picture should not show. Default: the flow's own text. */
  negative?: string | undefined;
  /**
   * Pictures by the flow's slot that takes them: `image` is what the picture is made from, `control` leads a ControlNet,
   * `reference` shows a style or a face. Flows without such a slot are not offered.
   */
  images?: { [slot: string]: PictureInput } | undefined;
  /** Which part of `image` is painted anew: white is, black stays. Of the same size as the image. */
  mask?: PictureInput | undefined;
  /** How much of the picture is made anew, 0 to 1. Default: the flow's own. */
  strength?: number | undefined;
  /** Hard limits: flows that break one are not offered. Default: none. */
  limits?: Limits | undefined;
  /** Leaves out the flows of which a limit can't be judged. Default: they stay, and one warning names them. */
  strictLimits?: boolean | undefined;
  /** Runs this flow, by id, whatever the selector would choose. */
  flow?: string | undefined;
  /** Seed for random draws in the choice of the flow, 0 to 2^32 − 1. Default 0. */
  choiceSeed?: number | undefined;
  /** Options of parts for this run, by part name. */
  options?: { [part: string]: JsonObject } | undefined;
  /**
   * Gets each finished picture as soon as its job has ended, before it is scored, and is waited for: what it has kept is
   * never lost to what comes after, a stop of the run included. The pictures of one job come one after the other, those
   * of jobs that run at once as they end. Where it fails, a warning says so. Bytes are a copy.
   */
  onImage?: ((image: Omit<ResultImage, 'score'>) => unknown) | undefined;
  /**
   * Names the run in its events, errors and record: 1 to 100 letters, digits, `-`, `_` and `.`, of no other run in
   * flight. A record that is kept under it is replaced. Default: drawn.
   */
  runId?: string | undefined;
  /** Gets the events of this run alone, in their order. It is not waited for; where it fails, a warning says so. */
  onEvent?: ((event: RunEvent) => unknown) | undefined;
  /** Stops the run at once; its reason is what the promise rejects with. */
  signal?: AbortSignal | undefined;
  /**
   * Gives up on the whole run after this many milliseconds: with CLIENT_TIMEOUT, or with the pictures that are there
   * by then, and warnings for what there was no time for. Default: never.
   */
  timeoutMs?: number | undefined;
}

/** A flow that was not offered to the selector, and why. */
export interface SkippedFlow {
  flowId: string;
  /** Why the flow was not offered; at least one reason. */
  reasons: FlowReason[];
  /** Node classes and model files that the executor has not, with where to get them. */
  missing: { classes: string[]; models: ModelRequirement[] };
}

/** The choice for a prompt: the ranking of the flows, and the flows that were left out. */
export interface SelectResult {
  brief: Brief;
  selection: Selection;
  /** Ids of the flows that the selector was given, in the library's order. */
  offered: string[];
  skipped: SkippedFlow[];
  /** Warnings in the order in which they came: what was skipped, defaulted, corrected or cached. */
  warnings: Warning[];
}

/** The choice for a prompt and the first plan that is made of it. */
export interface PlanResult extends SelectResult {
  /** The flow that the plan is made from. */
  flow: Flow;
  /** The plan of the first image; without a batch slot in the flow, each further image has a plan of its own. */
  plan: Plan;
  /** Whether the executor's server would accept the graph; `unknown` where the node classes are not told. */
  validation: ValidationResult;
}

/**
 * What `generate` resolves with: the images with their scores, and how they were made. Fewer than were asked for where
 * jobs failed for good beside others that did not: the warning `images-missing` says how many, and why.
 */
export interface GenerateResult extends PlanResult {
  /** Names the run in events, records and `feedback`. */
  runId: string;
  /** The best of the main output: the first of `outputs`. A film, a sound or a text where the flow is for that. */
  best: ResultImage;
  /**
   * All files that were made, of every kind: the main ones by score, then in the order of their jobs; then the others. Of
   * a shortlist those of all its flows. Only pictures of the main output have a score.
   */
  outputs: ResultImage[];
  /** The same list, by the name that it had when all were pictures. */
  images: ResultImage[];
  /** Every flow of the shortlist in the order of the ranking, or those that made images: one, unless others failed. */
  candidates: CandidateRecord[];
  /** The executor that made the best. */
  executor: string;
  /** Every try, in order; more than one after failures. */
  attempts: Attempt[];
  /** All images come from the cache: no job was submitted. They were scored anew. */
  cached?: true | undefined;
  /** The record of the run; where it could not be stored, a warning says so. */
  record: RunRecord;
  timings: RunRecord['timings'];
}

/** The images of a job that was picked up again. */
export interface ResumeResult {
  runId: string;
  planId: string;
  flowId: string;
  executor: string;
  /** All files that the job made, of every kind, the main ones first. */
  outputs: Omit<ResultImage, 'score' | 'seed' | 'batchIndex' | 'flowId'>[];
  /** The same list, by the name that it had when all were pictures. */
  images: ResumeResult['outputs'];
  warnings: Warning[];
}
