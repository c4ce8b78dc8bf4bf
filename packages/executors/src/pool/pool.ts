import {
  type CallContext,
  ComfygenError,
  createCallContext,
  defineExecutor,
  type ExecutorV1,
  type JobOutput,
  type JobRef,
  monotonic,
  namesIn,
  type PartRef,
} from 'comfygen/plugin';
import { createDispatcher } from './dispatcher.ts';
import { inspectJob, watchJob } from './follow-job.ts';
import { attemptOf, createPoolJob, requestCancel, rerunOf, touchJob } from './job-state.ts';
import { createJobTable } from './job-table.ts';
import { createMember } from './member.ts';
import {
  type MemberSettings,
  nameMembers,
  type PoolMember,
  type PoolOptions,
  readMember,
  readOptions,
} from './options.ts';
import { readWebhook, uploadToAll } from './pass-through.ts';
import { createReaper } from './reaper.ts';
import { createRunTimes } from './run-times.ts';
import { type PoolStatus, readStatus } from './status.ts';
import { type PoolContext, submitJob } from './submit-job.ts';
import { allHave, commonSupports, missingSupports } from './supports.ts';
import type { Member, Uploads } from './types.ts';
import { readUnion } from './union-inventory.ts';

/** An executor over several members, with calls to inspect, extend and drain it. */
export interface Pool extends ExecutorV1 {
  /** The state of the pool and of each member now: queue, load, failures. For diagnosis. */
  status(): PoolStatus;
  /** Adds a member; it must support what the pool does. Throws INVALID_OPTIONS. */
  add(member: ExecutorV1 | PoolMember): void;
  /**
   * Gives a member no more jobs; resolves once its last job has ended. References to its jobs stay usable until the
   * pool is disposed of.
   * @throws INVALID_OPTIONS for a name that no member has
   */
  remove(name: string, ctx?: Partial<CallContext>): Promise<void>;
  /** Takes no more jobs; resolves once all jobs have ended, waiting ones included. It can't be undone. */
  drain(ctx?: Partial<CallContext>): Promise<void>;
}

/**
 * Many executors as one. Each job goes to the member that will have it done first, by what it can run, what it has
 * loaded, what it still has to do and how fast it has been. A job moves to another member only where the first surely
 * did not take it, or surely lost it; then it is run again, and a warning says so. Does no I/O before it is used.
 * Throws INVALID_OPTIONS.
 */
export function pool(options: PoolOptions): Pool {
  const settings = readOptions(options);
  const part: PartRef = { role: 'executor', name: settings.name };
  const names = nameMembers(part, settings.executors);
  const make = (given: MemberSettings, name: string, position: number) =>
    createMember(name, position, given, settings);
  const members: Member[] = settings.executors.map((given, position) =>
    make(given, names[position]!, position),
  );
  const founders = members.map(({ executor }) => executor);
  const hasWebhooks = founders.some(({ parseWebhook }) => parseWebhook !== undefined);
  const uploads: Uploads = new Map();
  const closing = new AbortController();
  let lastCall: CallContext = createCallContext();
  let turns = 0;
  let draining = false;

  const ctx = (): CallContext => ({ ...lastCall, signal: closing.signal, deadline: undefined });
  const findMember = (name: string) =>
    members.find((member) => member.name === name && !member.removed) ??
    members.findLast((member) => member.name === name);
  const poolTimes = createRunTimes();
  const reaper = createReaper(members, ctx, (job, call) => inspectJob(job, call, context));
  const dispatcher = createDispatcher({
    part,
    settings,
    members,
    uploads,
    poolTimes,
    ctx,
    pollAbandoned: reaper.poll,
    isAwaited: () => reaper.isAwaited,
    onChange: () => reaper.check(),
  });
  const context: PoolContext = {
    part,
    settings,
    jobs: createJobTable(part, findMember),
    dispatcher,
    poolTimes,
    ctx,
    rerunning: 0,
    counts: { submitted: 0, moved: 0, rerun: 0 },
    disposed: undefined,
  };
  const isIdle = () =>
    dispatcher.waiting === 0 &&
    context.rerunning === 0 &&
    members.every(({ attempts }) => attempts.size === 0);

  const enter = (call: CallContext) => {
    call.signal.throwIfAborted();
    if (context.disposed) throw context.disposed;
    lastCall = call;
  };
  const find = (ref: JobRef, call: CallContext) => {
    enter(call);
    const job = context.jobs.find(ref, monotonic(call.clock));
    touchJob(job, monotonic(call.clock));
    return job;
  };
  const waitUntil = async (given: Partial<CallContext>, done: () => boolean) => {
    const call = createCallContext({ clock: lastCall.clock, log: lastCall.log, ...given });
    enter(call);
    const waiting = reaper.until(done, call.signal);
    dispatcher.recheck();
    await waiting;
  };

  const inner = founders.flatMap(namesIn);
  const own: Pool = defineExecutor({
    name: settings.name,
    runOptions: { [settings.name]: [] },
    inner,
    supports: commonSupports(founders),

    jobsAtOnce() {
      const up = members.filter(({ removed, breaker }) => !removed && breaker.state !== 'open');
      return up.reduce((sum, { parallel }) => sum + parallel, 0) || 1;
    },

    async submit(plan, call) {
      enter(call);
      const message = 'The pool is being drained: it takes no more jobs.';
      if (draining) throw new ComfygenError('UNAVAILABLE', message, { part, retryable: false });
      turns += 1;
      const { job, work } = createPoolJob(turns, plan, call);
      context.counts.submitted += 1;
      return submitJob({ job, work, plan }, call, context);
    },

    async inspect(ref, call) {
      return inspectJob(find(ref, call), call, context);
    },

    watch(ref, call) {
      return watchJob(find(ref, call), call, context);
    },

    async download(output: JobOutput, ref: JobRef, call: CallContext) {
      const attempt = attemptOf(find(ref, call));
      if (attempt?.ref) return attempt.member.executor.download(output, attempt.ref, call);
      throw new ComfygenError('OUTPUT_MISSING', `Job ${ref.id} has made nothing.`, { part });
    },

    ...(allHave(founders, 'cancel') && {
      async cancel(ref: JobRef, call: CallContext) {
        const job = find(ref, call);
        const rerun = rerunOf(job);
        requestCancel(job);
        await rerun?.settled;
        return inspectJob(job, call, context, (attempt) =>
          attempt.member.executor.cancel!(attempt.ref, call),
        );
      },
    }),

    ...(allHave(founders, 'upload') && {
      async upload(file: Parameters<NonNullable<ExecutorV1['upload']>>[0], call: CallContext) {
        enter(call);
        const stored = await uploadToAll(file, { members, uploads, part }, call);
        dispatcher.recheck();
        return stored;
      },
    }),

    ...(allHave(founders, 'inventory') && {
      async inventory(call: CallContext) {
        enter(call);
        return readUnion(members, ctx());
      },
    }),

    ...(hasWebhooks && {
      async parseWebhook(
        request: Parameters<NonNullable<ExecutorV1['parseWebhook']>>[0],
        call: CallContext,
      ) {
        enter(call);
        return readWebhook(request, { members, part }, call);
      },
    }),

    status() {
      const { counts } = context;
      const { waiting } = dispatcher;
      const pool = { name: part.name, draining, waiting, ...counts };
      return readStatus(pool, members, lastCall.clock);
    },

    add(given) {
      if (context.disposed) throw context.disposed;
      const member = readMember(part, given);
      const name = member.name ?? member.executor.name;
      const lacking = missingSupports(own, member.executor);
      const taken = members.some((other) => other.name === name && !other.removed);
      if (taken || lacking.length > 0) {
        const why = taken ? 'there is one of that name' : `it lacks ${lacking.join(', ')}`;
        const message = `${name} can't join the pool: ${why}.`;
        throw new ComfygenError('INVALID_OPTIONS', message, { part });
      }
      members.push(make(member, name, members.length));
      inner.push(...namesIn(member.executor));
      dispatcher.recheck();
    },

    async remove(name, given = {}) {
      const member = members.find((other) => other.name === name && !other.removed);
      if (!member)
        throw new ComfygenError('INVALID_OPTIONS', `The pool has no member ${name}.`, { part });
      member.removed = true;
      await waitUntil(given, () => member.attempts.size === 0);
    },

    async drain(given = {}) {
      draining = true;
      await waitUntil(given, isIdle);
    },

    async dispose() {
      if (context.disposed) return;
      const reason = new ComfygenError('DISPOSED', 'The pool was disposed of.', { part });
      context.disposed = reason;
      closing.abort(reason);
      dispatcher.close(reason);
      for (const job of context.jobs.all()) rerunOf(job)?.stop.abort(reason);
      reaper.close(reason);
      await Promise.allSettled(members.map(async ({ executor }) => executor.dispose?.()));
    },
  } satisfies Omit<Pool, 'spec' | 'role'>);
  return own;
}
