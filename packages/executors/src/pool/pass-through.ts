import {
  type CallContext,
  ComfygenError,
  type ExecutorV1,
  type JobRef,
  type JobSnapshot,
  type PartRef,
  type Warning,
} from 'comfygen/plugin';
import { wrapRef } from './job-table.ts';
import type { Member, Uploads } from './types.ts';

/** Uploaded files that are remembered. */
const KEPT = 1_000;

type InputFile = Parameters<NonNullable<ExecutorV1['upload']>>[0];
type WebhookRequest = Parameters<NonNullable<ExecutorV1['parseWebhook']>>[0];

/**
 * Stores a file on every member that is up, since a job may go to any. A member that has it under another name, or not
 * at all, gets no job that names it; a warning says so. Rejects where none has stored it.
 */
export async function uploadToAll(
  file: InputFile,
  { members, uploads, part }: { members: readonly Member[]; uploads: Uploads; part: PartRef },
  ctx: CallContext,
): Promise<{ name: string; warnings: Warning[] }> {
  const present = members.filter(({ removed }) => !removed);
  const answers = await Promise.allSettled(
    present.map(async ({ name, executor, breaker }) => {
      if (breaker.state !== 'open') return executor.upload!(file, ctx);
      throw new ComfygenError('UNAVAILABLE', `${name} is down: ${breaker.reason?.message}`);
    }),
  );
  ctx.signal.throwIfAborted();
  const first = answers.find((answer) => answer.status === 'fulfilled');
  if (!first) throw (answers[0] as PromiseRejectedResult).reason;
  const { name } = first.value;
  const holders = new Set<Member>();
  const warnings: Warning[] = [];
  for (const [index, answer] of answers.entries()) {
    const member = present[index]!;
    if (answer.status === 'fulfilled') warnings.push(...answer.value.warnings);
    if (answer.status === 'fulfilled' && answer.value.name === name) holders.add(member);
    else
      warnings.push({
        code: 'upload-incomplete',
        message: `${member.name} does not have ${name}, so it gets no job that needs it.`,
        part,
        details: { member: member.name, name },
      });
  }
  uploads.delete(name);
  uploads.set(name, holders);
  if (uploads.size > KEPT) uploads.delete(uploads.keys().next().value!);
  return { name, warnings };
}

/**
 * What a service's call says, read by the member that it is for: one that has such a job, else the first that can.
 * Rejects with the first member's refusal, or UNSUPPORTED where no member reads webhooks.
 */
export async function readWebhook(
  request: WebhookRequest,
  { members, part }: { members: readonly Member[]; part: PartRef },
  ctx: CallContext,
): Promise<{ ref: JobRef; snapshot: JobSnapshot | null }> {
  let first: { ref: JobRef; snapshot: JobSnapshot | null } | undefined;
  let refusal: unknown;
  for (const member of members) {
    if (!member.executor.parseWebhook) continue;
    try {
      const { ref, snapshot } = await member.executor.parseWebhook(request, ctx);
      const [attempt, job] = [...member.attempts].find(([held]) => held.ref?.id === ref.id) ?? [];
      const poolRef = wrapRef(part.name, member.name, attempt?.ref ?? ref, job?.identity);
      const answer = { ref: poolRef, snapshot };
      if (attempt) return answer;
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
