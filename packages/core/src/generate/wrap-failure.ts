import { ComfygenError } from '../errors/comfygen-error.ts';
import type { PartRef } from '../spec/index.ts';

/** What a part threw, as ours: typed errors and the caller's own abort stay as they are, the rest becomes PART_FAILED. */
export function wrapFailure(error: unknown, part: PartRef, signal: AbortSignal): unknown {
  if (signal.aborted) return signal.reason;
  if (ComfygenError.is(error)) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new ComfygenError('PART_FAILED', `${part.role} ${part.name} failed: ${message}`, {
    part,
    cause: error,
  });
}
