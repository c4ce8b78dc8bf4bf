import {
  type CallContext,
  ComfygenError,
  createCallContext,
  defineExecutor,
  type ExecutorV1,
  type JobOutput,
  type JobRef,
  type PartRef,
} from 'comfygen/plugin';
import { createDispatcher } from './dispatcher.ts';
import type { Uploads } from './fitness.ts';
import { inspectJob } from './follow-job.ts';
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
import { createPoolJob } from './pool-job.ts';
import type { PoolState } from './pool-state.ts';
import { readWebhook } from './read-webhook.ts';
import { createRunTimes } from './run-times.ts';
import { type PoolStatus, readStatus } from './status.ts';
import { submitJob } from './submit-job.ts';
import { broken, commonSupports } from './supports.ts';
import type { Member } from './types.ts';
import { readUnion } from './union-inventory.ts';
import { uploadToAll } from './upload-file.ts';
import { createVigil } from './vigil.ts';
import { watchJob } from './watch-job.ts';

/** A pool: an executor with a few calls of its own. */
export interface Pool extends ExecutorV1 {
  /** How each member is, for a doctor's eyes. */
  status(): PoolStatus;
  /** Adds a member; it must support what the pool does. Throws INVALID_OPTIONS. */
  add(member: ExecutorV1 | PoolMember): void;
  /**
   * Gives a member no more jobs; resolves once its last one has ended. Its references go on working until the pool is
   * disposed of. @throws INVALID_OPTIONS for a name that no member has
   */
  remove(name: string, ctx?: Partial<CallContext>): Promise<void>;
  /** Takes no more jobs; resolves once all have ended, those that wait included. There is no way back. */
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
  const make = (given: MemberSettings, name: string, place: number) =>
    createMember(name, place, given, settings);
  const members: Member[] = settings.executors.map((given, place) =>
    make(given, names[place]!, place),
  );
  const supports = commonSupports(members.map(({ executor }) => executor.supports));
  const uploads: Uploads = new Map();
  const closing = new AbortController();
  let last: CallContext = createCallContext();
  let turns = 0;
  let draining = false;

  const ctx = (): CallContext => ({ ...last, signal: closing.signal, deadline: undefined });
  const byName = (name: string) =>
    members.find((member) => member.name === name && !member.removed) ??
    members.findLast((member) => member.name === name);
  const jobs = createJobTable(part, byName);
  const everyone = createRunTimes();
  const vigil = createVigil(members, ctx, (job, own) => inspectJob(job, own, state));
  const dispatcher = createDispatcher({
    part,
    settings,
    members,
    uploads,
    everyone,
    ctx,
    lookAfter: vigil.look,
    busy: () => vigil.waited,
    onChange: () => vigil.check(),
  });
  const state: PoolState = {
    part,
    settings,
    jobs,
    dispatcher,
    everyone,
    ctx,
    moving: 0,
    counts: { submitted: 0, moved: 0, rerun: 0 },
    closed: undefined,
  };
  const isIdle = () =>
    dispatcher.waiting === 0 &&
    state.moving === 0 &&
    members.every((one) => one.flights.size === 0);

  const enter = (call: CallContext) => {
    call.signal.throwIfAborted();
    if (state.closed) throw state.closed;
    last = call;
  };
  const find = (ref: JobRef, call: CallContext) => {
    enter(call);
    const job = jobs.find(ref, call.clock.now());
    job.askedAt = call.clock.now();
    return job;
  };
  const wait = async (given: Partial<CallContext>, done: () => boolean) => {
    const call = createCallContext({ clock: last.clock, log: last.log, ...given });
    enter(call);
    const over = vigil.until(done, call.signal);
    dispatcher.review();
    await over;
  };

  return defineExecutor({
    name: settings.name,
    supports,

    async submit(plan, call) {
      enter(call);
      if (draining)
        throw new ComfygenError(
          'UNAVAILABLE',
          'The pool is being drained: it takes no more jobs.',
          {
            part,
            retryable: false,
          },
        );
      turns += 1;
      const job = createPoolJob(turns, plan, call.clock.now());
      job.onRef = call.onRef;
      state.counts.submitted += 1;
      return submitJob(job, plan, call, state, true);
    },

    async inspect(ref, call) {
      return inspectJob(find(ref, call), call, state);
    },

    watch(ref, call) {
      return watchJob(find(ref, call), call, state);
    },

    async download(output: JobOutput, ref: JobRef, call: CallContext) {
      const job = find(ref, call);
      const flight = job.flight ?? job.last;
      if (flight?.ref) return flight.member.executor.download(output, flight.ref, call);
      throw new ComfygenError('OUTPUT_MISSING', `Job ${ref.id} has made nothing.`, { part });
    },

    ...(supports.cancel && {
      async cancel(ref: JobRef, call: CallContext) {
        const job = find(ref, call);
        job.canceled = true;
        if (job.moving && !job.flight)
          job.stop?.abort(new ComfygenError('CANCELED', 'The job was canceled while it waited.'));
        await job.moving;
        return inspectJob(job, call, state, (flight, own) =>
          flight.member.executor.cancel!(own, call),
        );
      },
    }),

    ...(supports.upload && {
      async upload(file: Parameters<NonNullable<ExecutorV1['upload']>>[0], call: CallContext) {
        enter(call);
        const stored = await uploadToAll(file, members, uploads, call, part);
        dispatcher.review();
        return stored;
      },
    }),

    ...(supports.inventory && {
      async inventory(call: CallContext) {
        enter(call);
        return readUnion(members, call, ctx());
      },
    }),

    ...(supports.webhooks && {
      async parseWebhook(
        request: Parameters<NonNullable<ExecutorV1['parseWebhook']>>[0],
        call: CallContext,
      ) {
        enter(call);
        return readWebhook(request, members, call, part);
      },
    }),

    status: () => readStatus(state, members, draining, last.clock.now()),

    add(given) {
      if (state.closed) throw state.closed;
      const one = readMember(part, given);
      const name = one.name ?? one.executor.name;
      const lacking = broken(supports, one.executor.supports);
      const taken = members.some((member) => member.name === name && !member.removed);
      if (taken || lacking.length > 0) {
        const why = taken ? 'there is one of that name' : `it lacks ${lacking.join(', ')}`;
        throw new ComfygenError('INVALID_OPTIONS', `${name} can't join the pool: ${why}.`, {
          part,
        });
      }
      members.push(make(one, name, members.length));
      dispatcher.review();
    },

    async remove(name, given = {}) {
      const member = members.find((one) => one.name === name && !one.removed);
      if (!member)
        throw new ComfygenError('INVALID_OPTIONS', `The pool has no member ${name}.`, { part });
      member.removed = true;
      await wait(given, () => member.flights.size === 0);
    },

    async drain(given = {}) {
      draining = true;
      await wait(given, isIdle);
    },

    async dispose() {
      if (state.closed) return;
      const reason = new ComfygenError('DISPOSED', 'The pool was disposed of.', { part });
      state.closed = reason;
      closing.abort(reason);
      dispatcher.close(reason);
      for (const job of jobs.all()) job.stop?.abort(reason);
      vigil.close(reason);
      await Promise.allSettled(members.map(async ({ executor }) => executor.dispose?.()));
    },
  } satisfies Omit<Pool, 'spec' | 'role'>);
}
