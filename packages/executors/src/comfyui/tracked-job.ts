import type { JobEvent, JobRef, JobSnapshot, Plan, Warning } from 'comfygen/plugin';
import { createProgressMeter, type ProgressMeter } from './progress-meter.ts';

/** A job as this process knows it. */
export interface TrackedJob {
  id: string;
  outputNodes: string[];
  /** `submitting` until the server has taken it. */
  phase: 'submitting' | 'open' | 'ended';
  state: 'queued' | 'running' | 'canceling';
  /** Jobs ahead of it, when last seen. */
  ahead: number | undefined;
  final: JobSnapshot | undefined;
  meter: ProgressMeter;
  /** The client id that its events go to; `undefined` for a job of another process. */
  clientId: string | undefined;
  /** There was a socket when it was submitted: it has events to watch. */
  watchable: boolean;
  /** The socket since which nothing can have been missed: its serial. */
  hearsSince: number | undefined;
  /** Its socket said that it is over. */
  over: boolean;
  /** And the server has not confirmed that. */
  doubt: boolean;
  /** When the server last told of it, in milliseconds since the epoch. */
  heardAt: number;
  /** It was begun, but none of its nodes yet. */
  begun: boolean;
  /** We asked the server to stop it. */
  canceled: boolean;
  /** Its submit got no answer: the server may take it even now. */
  uncertain: boolean;
  warnings: Warning[];
  /** When somebody last asked for it. */
  askedAt: number;
  /** A look at it that is under way. */
  looking: Promise<void> | undefined;
  listeners: Set<(event: JobEvent) => void>;
}

/** A job before anything is known of it. */
export function createTrackedJob(
  ref: Pick<JobRef, 'id' | 'data'>,
  now: number,
  plan?: Pick<Plan, 'workflow' | 'outputNodes'>,
): TrackedJob {
  const named = ref.data?.['outputNodes'];
  return {
    id: ref.id,
    outputNodes: plan?.outputNodes ?? (Array.isArray(named) ? named.map(String) : []),
    phase: plan ? 'submitting' : 'open',
    state: 'queued',
    ahead: undefined,
    final: undefined,
    meter: createProgressMeter(plan?.workflow ?? {}),
    clientId: undefined,
    watchable: false,
    hearsSince: undefined,
    over: false,
    doubt: false,
    heardAt: now,
    begun: false,
    canceled: false,
    uncertain: false,
    warnings: [],
    askedAt: now,
    looking: undefined,
    listeners: new Set(),
  };
}

/** Tells everyone who watches. */
export function emit(job: TrackedJob, event: JobEvent): void {
  for (const listener of [...job.listeners]) listener(event);
}

/** What is known of a job: its end, else where it is. A copy. */
export function snapshotOf(job: TrackedJob): JobSnapshot {
  if (job.final) return structuredClone(job.final);
  const { state, meter, ahead } = job;
  const words = { queued: 'pending', running: 'in_progress', canceling: 'in_progress' } as const;
  return {
    state,
    rawState: job.phase === 'submitting' ? 'submitting' : words[state],
    progress: meter.last && { ...meter.last },
    queuePosition: state === 'queued' ? ahead : undefined,
    outputs: [],
    warnings: [],
  };
}

/** Moves a job that has not ended to where the server says it is. */
export function moveJob(job: TrackedJob, state: 'queued' | 'running', ahead?: number): void {
  if (job.phase === 'ended' || job.state === 'canceling') return;
  if (state === 'queued' && job.state === 'running') return;
  job.ahead = ahead;
  if (job.state === state) return;
  job.state = state;
  emit(job, { type: 'state', state });
}

/** Ends a job for good. */
export function endJob(job: TrackedJob, final: JobSnapshot): void {
  if (job.phase === 'ended') return;
  job.phase = 'ended';
  job.final = { ...final, warnings: [...final.warnings, ...job.warnings] };
  emit(job, { type: 'state', state: final.state });
}

/** The end of a job that somebody took out of the queue. */
export function deletedEnd(): JobSnapshot {
  return { state: 'canceled', rawState: 'deleted', outputs: [], warnings: [] };
}

/** The end of a job that the server knows nothing of any more. */
export function missingEnd({ id, canceled }: TrackedJob): JobSnapshot {
  if (canceled) return deletedEnd();
  const message = `ComfyUI has no job ${id} any more: it was deleted, or the server was started again.`;
  const failure = { code: 'JOB_LOST', message, retryable: true };
  return { state: 'failed', rawState: 'lost', outputs: [], failure, warnings: [] };
}

/** The end of a job on a server whose worker is dead. */
export function wedgedEnd({ id }: TrackedJob, silentMs: number): JobSnapshot {
  const seconds = Math.round(silentMs / 1_000);
  const message = `ComfyUI answers but does not work: nothing was heard of job ${id} or the one before it for ${seconds} s. Restart the server.`;
  const failure = { code: 'SERVER_WEDGED', message, retryable: true };
  return { state: 'failed', rawState: 'wedged', outputs: [], failure, warnings: [] };
}
