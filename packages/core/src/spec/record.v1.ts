import type { Warning } from './context.v1.ts';
import type { JobRef, JobState } from './executor.v1.ts';
import type { JsonObject } from './json.v1.ts';

/** One image of a run as it is kept: its hash and what the scorers said, never the bytes. */
export interface ImageRecord {
  /** `sha256:` of the bytes. */
  hash: string;
  mediaType: string;
  seed: string;
  /** Its place in its job's batch, from 0: with the seed and the count of the brief it can be made again. */
  batchIndex?: number | undefined;
  /** The flow that made it; the run's own where absent. */
  flowId?: string | undefined;
  /** The combined score under the scorer named below; `null` where none was plugged in or it failed. */
  score: number | null;
  raw: { [measure: string]: number };
}

/** What became of one flow of a shortlist. */
export interface CandidateRecord {
  flowId: string;
  /** `skipped`: it was not run, and `reason` says why. */
  outcome: 'succeeded' | 'failed' | 'skipped';
  /** Score of the flow's best image; `null` where it has none. */
  score: number | null;
  /** Why it was skipped, or how it failed. */
  reason?: string | undefined;
}

/** A person's verdict on a run, reported by the host. */
export interface Feedback {
  /** 0 (bad) to 1 (good); votes are 0 or 1. */
  value: number;
  /** Milliseconds since the epoch. */
  at: number;
  /** The image it is about, by hash; the whole run where absent. */
  imageHash?: string | undefined;
  note?: string | undefined;
}

/** One run kept: enough to learn from and to explain, JSON-safe, without secrets. */
export interface RunRecord {
  schema: 'comfygen/record@1';
  runId: string;
  /** Milliseconds since the epoch. */
  at: number;
  prompt: string;
  brief: JsonObject;
  labels: string[];
  selector: string;
  /** Every offered flow's chance of being chosen, for off-policy estimates. */
  probabilities: { [flowId: string]: number };
  /** Predicted score of each ranked flow that has one, on the selector's scale. */
  predictions?: { [flowId: string]: number } | undefined;
  choiceSeed: number;
  /** The flow that made the images, of a shortlist the best one; after a fallback not the first of the ranking. */
  flowId: string;
  /** The flows of the shortlist in the order of the ranking, or those that made images; absent where one was run. */
  candidates?: CandidateRecord[] | undefined;
  planHash: string;
  executor: string;
  scorer: { name: string; version: string } | null;
  images: ImageRecord[];
  feedback: Feedback[];
  /** How long the choice, the jobs, the scoring and the whole run took, in milliseconds. */
  timings: { selectMs: number; executeMs: number; scoreMs: number; totalMs: number };
  warnings: Warning[];
  versions: { [name: string]: string };
  /** All images come from the cache: nothing was run, and `timings` say nothing of the flow. */
  cached?: true | undefined;
}

/**
 * Keeps run records. Appending the same `runId` again replaces the record, all but its feedback: verdicts that are kept
 * stay, and those that are new are added.
 */
export interface RecordStore {
  /** Resolves once the record is kept. */
  append(record: RunRecord): Promise<void>;
  /**
   * Adds a verdict to a kept record, whatever other processes add at the same time. Where it is absent, hosts append
   * the record with the verdict. Rejects with NOT_FOUND where no record of the run is kept.
   */
  addFeedback?(runId: string, verdict: Feedback): Promise<void>;
  /** The record of this run; `undefined` where none is kept. */
  get(runId: string): Promise<RunRecord | undefined>;
  /** All records that are kept, in the order of their first append. */
  list(): AsyncIterable<RunRecord>;
}

/** Keeps what jobs have made, as bytes by key, so that the same brief need not be run twice. */
export interface ImageCache {
  /** The bytes that are kept under this key; `undefined` where none are. */
  get(key: string): Promise<Uint8Array | undefined>;
  /** Resolves once they are kept; a cache may forget them at any time. */
  set(key: string, bytes: Uint8Array): Promise<void>;
}

/** What is kept of a job: its reference, the run, plan and flow that it belongs to, and its last known state. */
export interface JobEntry {
  ref: JobRef;
  runId: string;
  planId: string;
  flowId: string;
  state: JobState;
}

/** Keeps references of submitted jobs, so that another process can go on with them after a crash. */
export interface JobStore {
  /** Resolves once the entry is kept, in place of an earlier one of its plan. */
  put(entry: JobEntry): Promise<void>;
  /** The entry of this plan; `undefined` where none is kept. */
  get(planId: string): Promise<JobEntry | undefined>;
  /** All that are kept, in the order of their first `put`. */
  list(): AsyncIterable<JobEntry>;
  /** Removes the entry of this plan; does nothing where none is kept. */
  delete(planId: string): Promise<void>;
}
