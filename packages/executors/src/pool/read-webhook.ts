import {
  type CallContext,
  ComfygenError,
  type JobRef,
  type JobSnapshot,
  type PartRef,
} from 'comfygen/plugin';
import { wrapRef } from './pool-ref.ts';
import type { Member } from './types.ts';

interface WebhookRequest {
  headers: Record<string, string>;
  body: string;
}

/** What a service's call says, read by the member that it is for: one that has such a job, else the first that can. */
export async function readWebhook(
  request: WebhookRequest,
  members: readonly Member[],
  ctx: CallContext,
  part: PartRef,
): Promise<{ ref: JobRef; snapshot: JobSnapshot | null }> {
  let first: { ref: JobRef; snapshot: JobSnapshot | null } | undefined;
  let refusal: unknown;
  for (const member of members) {
    if (!member.executor.parseWebhook) continue;
    try {
      const { ref, snapshot } = await member.executor.parseWebhook(request, ctx);
      const flight = [...member.flights].find((one) => one.ref?.id === ref.id);
      const own = wrapRef(part.name, member.name, flight?.ref ?? ref, flight?.job.first);
      const answer = { ref: own, snapshot };
      if (flight) return answer;
      first ??= answer;
    } catch (error) {
      ctx.signal.throwIfAborted();
      refusal ??= error;
    }
  }
  if (first) return first;
  throw (
    refusal ?? new ComfygenError('UNSUPPORTED', 'No member of the pool reads webhooks.', { part })
  );
}
