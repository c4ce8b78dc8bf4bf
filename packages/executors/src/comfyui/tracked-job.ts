import type { JobEvent, JobProgress, JobRef, JobSnapshot, Plan, Warning } from 'comfygen/plugin';
import { createJobAccount, type JobAccount } from './job-account.ts';
import type { ServerEvent } from './read-message.ts';
import { createProgressMeter, type ProgressMeter } from './read-message.ts';

/** A job as this process knows it. Only the functions of this file write to it. */
export interface TrackedJob {
  readonly id: string;
  readonly outputNodes: readonly string[];
  readonly meter: ProgressMeter;
  readonly account: JobAccount;
  /** Warnings to add to the job's final snapshot. */
  readonly warnings: readonly Warning[];
  /** Functions that are called with each event of the job. */
  readonly listeners: Set<(event: JobEvent) => void>;
  readonly state: JobState;
  /** Whether previews were asked for; `missed` while a sampler has taken steps without one. */
  readonly previews: 'unasked' | 'awaited' | 'missed' | 'seen';
  /**
   * The client id that its events go to, and whether there was a socket for them when it was submitted. `undefined`
   * before that, and for a job of another process.
   */
  readonly channel: { readonly clientId: string; readonly isOpen: boolean } | undefined;
  /** The serial number of the socket since which no event of it can have been missed. */
  readonly completeSince: number | undefined;
  /** When the server last told of it, on the monotonic clock. */
  readonly heardAt: number;
  /** When a caller last asked for it, on the monotonic clock. */
  readonly askedAt: number;
}

/**
 * How far a job is:
 * - `submitting`: the server has not answered yet, but its events may tell of the job already;
 * - `accepted`: the server has taken it; `unanswered`: the submit got no answer, so the server may take it even now;
 * - `ended`: it has its final snapshot.
 */
type JobState =
  | ({ readonly phase: 'submitting' | 'accepted' | 'unanswered' } & LiveState)
  | { readonly phase: 'ended'; readonly final: JobSnapshot };

/** What is known of a job that has not ended. */
interface LiveState {
  /** Where it is on the server, as last reported. */
  readonly position: Position;
  /**
   * What is known of its end. `signaled`: the socket reported that it is over, and the history has not confirmed it
   * yet; `unconfirmed`: the history was asked and does not hold it.
   */
  readonly end: 'unknown' | 'signaled' | 'unconfirmed';
  /** Whether the server was asked to stop it, or will be as soon as it has the job. */
  readonly cancelRequested: boolean;
}

type Position =
  /** It waits; `ahead` is the number of jobs before it, when last seen. */
  | { readonly at: 'queued'; readonly ahead: number | undefined }
  /** It runs; `beforeFirstNode` while none of its nodes has started. */
  | { readonly at: 'running' | 'canceling'; readonly beforeFirstNode: boolean };

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

/** A job that is about to be submitted. */
export function createSubmittedJob(
  { id }: Pick<JobRef, 'id'>,
  { workflow, outputNodes }: Pick<Plan, 'workflow' | 'outputNodes'>,
  { warnings, wantsPreviews }: { warnings: readonly Warning[]; wantsPreviews: boolean },
  now: number,
): TrackedJob {
  const job = createJob(id, outputNodes, createProgressMeter(workflow), now);
  const previews = wantsPreviews ? 'awaited' : 'unasked';
  return { ...job, warnings, previews, state: { phase: 'submitting', ...NOTHING_KNOWN } };
}

/** Makes the record of a job that another process submitted, from its reference. */
export function adoptJob({ id, data }: Pick<JobRef, 'id' | 'data'>, now: number): TrackedJob {
  const outputNodes = data?.['outputNodes'];
  const ids = Array.isArray(outputNodes) ? outputNodes.map(String) : [];
  return createJob(id, ids, createProgressMeter({}), now);
}

const NOTHING_KNOWN: LiveState = {
  position: { at: 'queued', ahead: undefined },
  end: 'unknown',
  cancelRequested: false,
};

function createJob(
  id: string,
  outputNodes: readonly string[],
  meter: ProgressMeter,
  now: number,
): TrackedJob {
  return {
    id,
    outputNodes,
    meter,
    account: createJobAccount(outputNodes),
    warnings: [],
    listeners: new Set(),
    previews: 'unasked',
    state: { phase: 'accepted', ...NOTHING_KNOWN },
    channel: undefined,
    completeSince: undefined,
    heardAt: now,
    askedAt: now,
  };
}

/** Whether the job has not ended and the server has accepted it or may have accepted it. */
export function isOpen({ state }: TrackedJob): boolean {
  return state.phase === 'accepted' || state.phase === 'unanswered';
}

/** Whether, as far as the server has reported, the job still waits in the queue. */
export function isWaiting({ state }: TrackedJob): boolean {
  return state.phase !== 'ended' && state.position.at === 'queued';
}

/** Whether the socket reported that the job is over, even where the history does not confirm it. */
export function isSignaled({ state }: TrackedJob): boolean {
  return state.phase !== 'ended' && state.end !== 'unknown';
}

/** Whether the job has started, but none of its nodes yet. */
export function isBeforeFirstNode({ state }: TrackedJob): boolean {
  if (state.phase === 'ended' || state.position.at === 'queued') return false;
  return state.position.beforeFirstNode;
}

/** The job's snapshot: the final one, else its state now. The caller may change it. */
export function snapshotOf({ state, meter }: TrackedJob): JobSnapshot {
  if (state.phase === 'ended') return structuredClone(state.final);
  const { position } = state;
  const words = { queued: 'pending', running: 'in_progress', canceling: 'in_progress' } as const;
  return {
    state: position.at,
    rawState: state.phase === 'submitting' ? 'submitting' : words[position.at],
    progress: meter.last && { ...meter.last },
    queuePosition: position.at === 'queued' ? position.ahead : undefined,
    outputs: [],
    warnings: [],
  };
}

/** Records the client id under which the job is about to be submitted; `isOpen`: whether its socket is open. */
export function openChannel(job: TrackedJob, clientId: string, isOpen: boolean): void {
  write(job).channel = { clientId, isOpen };
}

/** Records the outcome of the submit. `since` is the serial number of the socket that was open throughout. */
export function trackJob(
  job: TrackedJob,
  phase: 'accepted' | 'unanswered',
  since: number | undefined,
): void {
  if (job.state.phase === 'submitting') write(job).state = { ...job.state, phase };
  write(job).completeSince ??= since;
}

/** Records that the server was asked for the job's state: from then on the socket `since` reports all changes. */
export function noteSeen(job: TrackedJob, since: number | undefined): void {
  write(job).completeSince = since;
}

/** Moves a job that has not ended to where the server says it is. It never goes back. */
export function moveJob(job: TrackedJob, at: 'queued' | 'running', ahead?: number): void {
  const { state } = job;
  if (state.phase === 'ended' || state.position.at === 'canceling') return;
  if (at === 'queued' && state.position.at === 'running') return;
  const moved = state.position.at !== at;
  if (at === 'queued') setLive(job, { position: { at, ahead } });
  else if (moved) setLive(job, { position: { at, beforeFirstNode: false } });
  if (moved) emit(job, { type: 'state', state: at });
}

/**
 * Applies an event to its job and passes it on to the job's listeners. `true` where it reports that the job is over.
 */
export function applyEvent(job: TrackedJob, event: ServerEvent, now: number): boolean {
  if (job.state.phase === 'ended') return false;
  write(job).heardAt = now;
  if (event.type === 'preview') {
    const { bytes, mediaType, node: nodeId } = event;
    write(job).previews = 'seen';
    emit(job, { type: 'preview', bytes, mediaType, nodeId });
    return false;
  }
  if (event.type === 'executing' && event.node === null) {
    if (job.state.end === 'unknown') setLive(job, { end: 'signaled' });
    return true;
  }
  moveJob(job, 'running');
  const { at } = job.state.position;
  if (at !== 'queued') setLive(job, { position: { at, beforeFirstNode: event.type === 'start' } });
  const progress = progressOf(job, event);
  if (progress) emit(job, { type: 'progress', progress: { ...progress } });
  if (job.previews === 'awaited' && progress && isSampling(progress))
    write(job).previews = 'missed';
  return false;
}

/** A preview comes with each step of a sampler; the first may be too early for one. */
function isSampling({ classType = '', step = 0 }: JobProgress): boolean {
  return step > 1 && /Sampler(?!Select)/.test(classType);
}

function progressOf({ meter }: TrackedJob, event: ServerEvent): JobProgress | undefined {
  if (event.type === 'cached') return meter.cached(event.nodes);
  if (event.type === 'executing' && event.node !== null) return meter.start(event.node);
  if (event.type === 'step') return meter.step(event.node, event.value, event.max);
  if (event.type === 'nodes') return meter.nodes(event.nodes);
  return undefined;
}

/** Records that the history does not hold a job whose end the socket has reported. */
export function missEnd(job: TrackedJob): void {
  setLive(job, { end: 'unconfirmed' });
}

/** Whether a cancel was requested, sent to the server or still to be sent. */
export function isCancelRequested({ state }: TrackedJob): boolean {
  return state.phase !== 'ended' && state.cancelRequested;
}

/** Records that a cancel was requested, sent to the server or still to be sent. */
export function requestCancel(job: TrackedJob): void {
  setLive(job, { cancelRequested: true });
}

/** Records that the server was asked to stop the job and still has it: its state becomes `canceling`. */
export function startCanceling(job: TrackedJob): void {
  if (job.state.phase === 'ended') return;
  setLive(job, { position: { at: 'canceling', beforeFirstNode: isBeforeFirstNode(job) } });
  emit(job, { type: 'state', state: 'canceling' });
}

const NO_PREVIEWS: Warning = {
  code: 'no-previews',
  message:
    'Previews were asked for, but the server sent none: older ones make them only where they were started with --preview-method.',
};

/** Sets the job's final snapshot; later changes are ignored. */
export function endJob(job: TrackedJob, end: JobSnapshot): void {
  if (job.state.phase === 'ended') return;
  const unseen = job.previews === 'missed' ? [NO_PREVIEWS] : [];
  const final = { ...end, warnings: [...end.warnings, ...job.warnings, ...unseen] };
  write(job).state = { phase: 'ended', final };
  emit(job, { type: 'state', state: end.state });
}

/** Adds a warning to the job's final snapshot. */
export function warnOfJob(job: TrackedJob, warning: Warning): void {
  write(job).warnings = [...job.warnings, warning];
}

/** A caller asked for the job, so it is not to be forgotten. */
export function touchJob(job: TrackedJob, now: number): void {
  write(job).askedAt = now;
}

/** The final snapshot of a job that the server does not know any more. `deleted`: it was taken out of the queue. */
export function missingEnd(job: TrackedJob, deleted: boolean): JobSnapshot {
  if (deleted || isCancelRequested(job))
    return { state: 'canceled', rawState: 'deleted', outputs: [], warnings: [] };
  const message = `ComfyUI has no job ${job.id} any more: it was deleted, or the server was started again.`;
  const failure = { code: 'JOB_LOST', message, retryable: true };
  return { state: 'failed', rawState: 'lost', outputs: [], failure, warnings: [] };
}

/**
 * The final snapshot of a job on a server that answers but runs nothing any more; `takenBack` where the job had not
 * begun and is in its queue no more.
 */
export function wedgedEnd({ id }: TrackedJob, silentMs: number, takenBack = false): JobSnapshot {
  const seconds = Math.round(silentMs / 1_000);
  const silence = `nothing was heard of job ${id} or the one before it for ${seconds} s`;
  const message = `ComfyUI answers but does not work: ${silence}. Restart the server.`;
  const failure = { code: 'SERVER_WEDGED', message, retryable: true, takenBack };
  return { state: 'failed', rawState: 'wedged', outputs: [], failure, warnings: [] };
}

function emit(job: TrackedJob, event: JobEvent): void {
  for (const listener of [...job.listeners]) listener(event);
}

function setLive(job: TrackedJob, change: Partial<LiveState>): void {
  if (job.state.phase !== 'ended') write(job).state = { ...job.state, ...change };
}

/** The one place where the fields are not read-only. */
function write(job: TrackedJob): Writable<TrackedJob> {
  return job;
}
