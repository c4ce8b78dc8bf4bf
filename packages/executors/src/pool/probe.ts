import { type CallContext, ComfygenError, type JobRef } from 'comfygen/plugin';
import { type BreakReason, reopen } from './breaker.ts';
import { isHopeless, reasonOf } from './refusal.ts';
import type { Member } from './types.ts';
import { within } from './within.ts';

const PROBE_LIMIT_MS = 30_000;

/**
 * Looks whether a member with an open breaker answers again: it is asked for a job, then for its inventory, which may
 * have changed. Half-opens the breaker, or opens it for longer. Never rejects.
 */
export async function probe(member: Member, ctx: CallContext): Promise<void> {
  if (member.probing) return;
  member.probing = true;
  try {
    const reason = await ask(member, ctx);
    if (reason) return reopen(member.breaker, reason, ctx.clock.now());
    if (member.executor.supports.inventory)
      await member.stock.read(ctx).catch((error: unknown) => {
        if (!member.stock.known) throw error;
      });
    member.breaker.probed();
    member.answeredAt = ctx.clock.now();
  } catch (error) {
    reopen(member.breaker, reasonOf(error), ctx.clock.now());
  } finally {
    member.probing = false;
  }
}

/** What is wrong with the member; that it does not know the job is an answer like any other. */
async function ask(member: Member, ctx: CallContext): Promise<BreakReason | undefined> {
  const real = [...member.flights].find(({ ref, acceptedAt }) => ref && acceptedAt !== undefined);
  // Each time another id: an executor may remember what became of the last one.
  const stranger: JobRef = {
    executor: member.executor.name,
    id: globalThis.crypto.randomUUID(),
    submittedAt: ctx.clock.now(),
  };
  const ref = real?.ref ?? stranger;
  try {
    await within(PROBE_LIMIT_MS, ctx, (own) => member.executor.inspect(ref, own));
    return undefined;
  } catch (error) {
    ctx.signal.throwIfAborted();
    const answered =
      ComfygenError.is(error) &&
      !isHopeless(error.code) &&
      !['UNAVAILABLE', 'HOST_FAULT', 'RATE_LIMITED'].includes(error.code);
    return answered ? undefined : reasonOf(error);
  }
}
