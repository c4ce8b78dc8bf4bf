import { isTerminal } from '../../jobs/job-state.ts';
import type { CallContext, ExecutorV1, JobEvent, JobRef, JobSnapshot } from '../../spec/index.ts';
import { messageOf } from '../../util/message-of.ts';
import { isBytes } from '../../util/plain-copy.ts';
import { OVER } from '../../util/settle.ts';
import { readWarning } from '../read-answers.ts';
import type { RunContext } from '../run-context.ts';
import { createBell } from './bell.ts';

/** What the events of a job tell the code that polls it. */
export interface JobHints {
  /** Whether more events may come. */
  live(): boolean;
  /** Emits that the job runs, unless that was told already. */
  running(): void;
  /** Emits progress that `inspect` showed, unless the events have told it already. */
  progress(seen: NonNullable<JobSnapshot['progress']>): void;
  /** Resolves when there may be news; each call waits for news after the last. */
  next(): Promise<void>;
  close(): void;
}

/** Passes a job's events on, and wakes the poller when one says that the job is over. */
export function watchJob(
  executor: ExecutorV1,
  ref: JobRef,
  planId: string,
  run: RunContext,
): JobHints {
  const over = new AbortController();
  const signal = AbortSignal.any([run.call.signal, over.signal]);
  // Two who look at one job would only ask the backend twice.
  let live = executor.watch !== undefined && executor.supports.watchPolls !== true;
  const bell = createBell();
  let reached = 0;

  let runs = false;
  const running = () => {
    if (runs) return;
    runs = true;
    const waitedMs = waitedFor(ref, run.call);
    run.emit('execute-running', { planId, executor: executor.name, waitedMs });
  };
  const tell: JobHints['progress'] = ({ fraction: told, node, classType, step, steps }) => {
    running();
    const fraction = Math.min(1, Math.max(0, told));
    if (!(fraction >= reached)) return;
    reached = fraction;
    const facts = Object.entries({ node, classType, step, steps }).filter(
      ([, value]) => value !== undefined,
    );
    run.emit('execute-progress', {
      ...Object.fromEntries(facts),
      fraction,
      planId,
      executor: executor.name,
    });
  };
  const take = (event: JobEvent) => {
    if (event.type === 'progress') tell(event.progress);
    else if (event.type === 'preview' && isBytes(event.bytes))
      run.emit('execute-preview', { planId, bytes: event.bytes, mediaType: event.mediaType });
    else if (event.type === 'warning')
      run.warn(readWarning(event.warning), { role: 'executor', name: executor.name });
    else if (event.type === 'state' && event.state === 'running') running();
    else if (event.type === 'state' && isTerminal(event)) bell.ring();
  };
  const listen = async () => {
    try {
      // Awaited, since a promise in place of events may reject.
      for await (const event of await executor.watch!(ref, { ...run.call, signal })) {
        if (signal.aborted) break;
        take(event);
      }
    } catch (error) {
      // Events are hints: without them the job is polled.
      if (!signal.aborted)
        run.call.log.debug('watching ended early', {
          executor: executor.name,
          error: messageOf(error),
        });
    } finally {
      live = false;
      bell.ring();
    }
  };
  if (live) void listen();

  return {
    live: () => live,
    running,
    progress(seen) {
      if (seen.fraction > reached) tell(seen);
    },
    next: bell.heard,
    close: () => over.abort(OVER),
  };
}

/** How long ago a job was submitted, in milliseconds; another machine's clock may be ahead of ours. */
export function waitedFor({ submittedAt }: JobRef, { clock }: CallContext): number {
  return Math.max(0, clock.now() - submittedAt);
}
