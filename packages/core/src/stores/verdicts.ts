import { ComfygenError } from '../errors/comfygen-error.ts';
import type { Feedback } from '../spec/index.ts';

/** Those of the verdicts that are not kept yet. The same one given twice is two verdicts. */
export function verdictsNotIn(kept: readonly Feedback[], given: readonly Feedback[]): Feedback[] {
  const open = kept.map(keyOf);
  return given.filter((verdict) => {
    const place = open.indexOf(keyOf(verdict));
    if (place >= 0) open.splice(place, 1);
    return place < 0;
  });
}

const keyOf = ({ value, at, imageHash, note }: Feedback) =>
  JSON.stringify([value, at, imageHash, note]);

/** The NOT_FOUND error for a run without a record. */
export function noSuchRun(runId: string): ComfygenError {
  return new ComfygenError('NOT_FOUND', `No record of run ${runId} is kept.`, {
    details: { runId },
  });
}
