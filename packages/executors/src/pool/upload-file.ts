import { type CallContext, ComfygenError, type PartRef, type Warning } from 'comfygen/plugin';
import type { Uploads } from './fitness.ts';
import type { Member } from './types.ts';

/** Uploaded files that are remembered. */
const KEPT = 1_000;

interface InputFile {
  name: string;
  bytes: Uint8Array;
  mediaType: string;
}

/**
 * Stores a file on every member that is up, since a job may go to any. A member that has it under another name, or not
 * at all, gets no job that names it; a warning says so.
 */
export async function uploadToAll(
  file: InputFile,
  members: readonly Member[],
  uploads: Uploads,
  ctx: CallContext,
  part: PartRef,
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
  for (const [place, answer] of answers.entries()) {
    const member = present[place]!;
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
