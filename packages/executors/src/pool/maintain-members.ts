import {
  type CallContext,
  ComfygenError,
  errorInfo,
  type JobRef,
  monotonic,
  withinLimit,
} from 'comfygen/plugin';
import { type BreakReason, reasonOf, reopen } from './breaker.ts';
import type { Member } from './types.ts';

const PROBE_LIMIT_MS = 30_000;

/**
 * Starts what members need before they can get jobs: a probe of each whose open breaker allows it, and a read of each
 * inventory that is out of date. `onChange` is called after each.
 */
export function maintainMembers(
  members: readonly Member[],
  ctx: CallContext,
  onChange: () => void,
): void {
  const now = monotonic(ctx.clock);
  for (const member of members) {
    const { breaker, inventory, removed, probing } = member;
    if (removed) continue;
    if (breaker.state === 'open') {
      if (!probing && breaker.probeAt! <= now) void probe(member, ctx).then(onChange);
    } else if (inventory.isStale(now) && !inventory.reading) {
      inventory.read(ctx).then(onChange, (error) => {
        if (ctx.signal.aborted) return;
        noteUnreadInventory(member, error, monotonic(ctx.clock));
        onChange();
      });
    }
  }
}

/**
 * Opens a member's breaker after a failed read of its inventory. A member that was read before keeps it closed: the
 * old inventory most likely still holds.
 */
export function noteUnreadInventory(
  { breaker, inventory }: Member,
  error: unknown,
  now: number,
): void {
  const isDown = ComfygenError.is(error) && errorInfo(error.code).submit === 'refused-down';
  if (!inventory.known || isDown) breaker.trip(reasonOf(error), now);
}

/**
 * Looks whether a member with an open breaker answers again: it is asked for a job, then for its inventory, which may
 * have changed. Half-opens the breaker, or opens it for longer. Never rejects.
 */
async function probe(member: Member, ctx: CallContext): Promise<void> {
  member.probing = true;
  try {
    const reason = await askForJob(member, ctx);
    if (reason) return reopen(member.breaker, reason, monotonic(ctx.clock));
    if (member.executor.inventory)
      await member.inventory.read(ctx).catch((error: unknown) => {
        if (!member.inventory.known) throw error;
      });
    member.breaker.probed();
    member.answeredAt = monotonic(ctx.clock);
  } catch (error) {
    reopen(member.breaker, reasonOf(error), monotonic(ctx.clock));
  } finally {
    member.probing = false;
  }
}

/** What is wrong with the member; that it does not know the job is an answer like any other. */
async function askForJob(member: Member, ctx: CallContext): Promise<BreakReason | undefined> {
  const accepted = [...member.attempts.keys()].find(
    ({ ref, acceptedAt }) => ref && acceptedAt !== undefined,
  );
  // Each time another id: an executor may remember what became of the last one.
  const unknownJob: JobRef = {
    executor: member.executor.name,
    id: globalThis.crypto.randomUUID(),
    submittedAt: ctx.clock.now(),
  };
  const ref = accepted?.ref ?? unknownJob;
  const late = () =>
    new ComfygenError('HOST_FAULT', `There was no answer for ${PROBE_LIMIT_MS} ms.`);
  try {
    await withinLimit(ctx, PROBE_LIMIT_MS, late, (signal) =>
      member.executor.inspect(ref, { ...ctx, signal }),
    );
    return undefined;
  } catch (error) {
    ctx.signal.throwIfAborted();
    const answered =
      ComfygenError.is(error) &&
      !errorInfo(error.code).needsPerson &&
      !['UNAVAILABLE', 'HOST_FAULT', 'RATE_LIMITED'].includes(error.code);
    return answered ? undefined : reasonOf(error);
  }
}
