import { ComfygenError } from '../errors/comfygen-error.ts';
import type {
  CallContext,
  JobFailure,
  JobOutput,
  JobRef,
  JobSnapshot,
  JobState,
  PartRef,
  Warning,
} from '../spec/index.ts';
import { isTerminal } from './job-state.ts';

/** What a service tells of a job, in its own words. */
export interface ToldJob extends Pick<JobSnapshot, 'progress' | 'queuePosition' | 'timings'> {
  part: PartRef;
  /** How a person calls the service, in messages: `Replicate`. Default: the part's name. */
  service?: string | undefined;
  /** The service's word for the state, as it came. */
  word: string;
  /** What each of its words stands for; letter case and spaces around a word don't matter. */
  states: JobWords;
  /** The files that are there so far, as `listOutputs` gives them. Default none. */
  outputs?: readonly JobOutput[] | undefined;
  /**
   * Why the job failed, or succeeded without a file; asked for only then. `undefined` where the service does not say.
   */
  failure?: (() => JobFailure | undefined) | undefined;
  warnings?: readonly Warning[] | undefined;
  /** Takes secrets out of the failure's message: `hide` of the HTTP client. */
  hide?: ((text: string) => string) | undefined;
}

/** A service's words for states, each with the state that it stands for. */
export type JobWords = { readonly [word: string]: JobState };

/**
 * The state that a service's word stands for, whatever its letter case; `undefined` for a word that is not among
 * `states`.
 */
export function stateOf(word: string, states: JobWords): JobState | undefined {
  const bare = word.trim().toLowerCase();
  return Object.entries(states).find(([known]) => known.toLowerCase() === bare)?.[1];
}

/**
 * The snapshot of a job from what its service tells: an unknown word counts as running, with a warning; a failed job
 * has a failure; one that succeeded without a file failed with OUTPUT_MISSING.
 */
export function toSnapshot({ part, word, states, hide, ...told }: ToldJob): JobSnapshot {
  const { service = part.name, outputs = [], failure, warnings = [], ...more } = told;
  const state = stateOf(word, states);
  const base = { ...more, rawState: word, outputs: [...outputs], warnings: [...warnings] };
  if (state === undefined) {
    const message = `${service} calls the job "${word}", a word that is not known; it counts as running.`;
    base.warnings.push({ code: 'unknown-state', message });
  }
  const isEmpty = state === 'succeeded' && outputs.length === 0;
  if (state !== 'failed' && !isEmpty) return { ...base, state: state ?? 'running' };
  const found = failure?.() ?? (isEmpty ? NO_FILE : NO_REASON);
  const message = hide ? hide(found.message) : found.message;
  return { ...base, progress: undefined, state: 'failed', failure: { ...found, message } };
}

const NO_FILE: JobFailure = {
  code: 'OUTPUT_MISSING',
  message: 'The job succeeded without a file: the graph may have no output node.',
  retryable: true,
};
const NO_REASON: JobFailure = {
  code: 'EXECUTION_FAILED',
  message: 'The job failed, and the service does not say why.',
  retryable: false,
};

const PAUSE_MS = 500;

/**
 * The snapshot that `look` gives, for `inspect`. A job that the service twice does not know, half a second apart, is
 * lost: a failed snapshot with JOB_LOST, or `expired` where the service had forgotten it by `forgottenAt`, in
 * milliseconds since the epoch. `look` throws NOT_FOUND for such a job, as the HTTP client does for 404; what else it
 * throws is rethrown.
 */
export async function lookTwice(
  look: () => Promise<JobSnapshot>,
  ref: JobRef,
  ctx: CallContext,
  { forgottenAt }: { forgottenAt?: number | undefined } = {},
): Promise<JobSnapshot> {
  ctx.signal.throwIfAborted();
  const first = await found(look);
  if (first) return first;
  const none = { outputs: [], warnings: [] };
  if (forgottenAt !== undefined && ctx.clock.now() >= forgottenAt)
    return { state: 'expired', rawState: 'not found', ...none };
  await ctx.clock.sleep(PAUSE_MS, ctx.signal);
  const second = await found(look);
  if (second) return second;
  const message = `${ref.executor} has no job ${ref.id} any more.`;
  const failure = { code: 'JOB_LOST', message, retryable: true };
  return { state: 'failed', rawState: 'not found', failure, ...none };
}

async function found(look: () => Promise<JobSnapshot>): Promise<JobSnapshot | undefined> {
  try {
    return await look();
  } catch (error) {
    if (ComfygenError.is(error, 'NOT_FOUND')) return undefined;
    throw error;
  }
}

/**
 * Cancels a job and gives its snapshot, for `cancel`: inspects, asks, and inspects again, since the job may have
 * ended meanwhile, or have been canceled although the answer was lost. A job that is over stays as it is.
 *
 * @throws what `ask` threw, where the job still goes on
 */
export async function cancelAndLook(
  inspect: () => Promise<JobSnapshot>,
  ask: () => Promise<unknown>,
  ctx: CallContext,
): Promise<JobSnapshot> {
  const before = await inspect();
  if (isTerminal(before)) return before;
  const refused = await ask().then(
    () => undefined,
    (error: unknown) => ({ error }),
  );
  ctx.signal.throwIfAborted();
  const after = await inspect();
  if (isTerminal(after)) return after;
  if (refused) throw refused.error;
  return { ...after, state: 'canceling' };
}
