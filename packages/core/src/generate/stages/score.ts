import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { ComfygenError } from '../../errors/comfygen-error.ts';
import type { Brief, Score, ScorerV1 } from '../../spec/index.ts';
import { untilAborted } from '../../util/settle.ts';
import type { JobResult } from '../job/follow.ts';
import type { RunContext } from '../run-context.ts';
import type { ResultImage } from '../types.ts';
import type { Execution } from './execute.ts';

/** The run's images with their scores, best first; a scorer that fails costs its score, never the image. */
export async function scoreImages(
  execution: Execution,
  scorer: ScorerV1 | undefined,
  brief: Brief,
  run: RunContext,
  firstIndex: number,
): Promise<ResultImage[]> {
  const images = listImages(execution, firstIndex);
  const scored: ResultImage[] = [];
  for (const image of images) {
    const score = scorer ? await scoreOne(scorer, image, brief, run) : null;
    run.call.signal.throwIfAborted();
    run.emit('image-scored', { image, score });
    scored.push({ ...image, score });
  }
  return bestFirst(scored);
}

/** By score, then as they were made; those without a score come last. */
export function bestFirst(images: readonly ResultImage[]): ResultImage[] {
  const value = (image: ResultImage) => image.score?.value ?? Number.NEGATIVE_INFINITY;
  return images.toSorted((a, b) =>
    value(b) === value(a) ? a.index - b.index : value(b) - value(a),
  );
}

/** `sha256:` of some bytes, as records name images. */
export function hashBytes(bytes: Uint8Array): string {
  return `sha256:${bytesToHex(sha256(bytes))}`;
}

function listImages(
  { bound, results }: Execution,
  firstIndex: number,
): Omit<ResultImage, 'score'>[] {
  const files = results.flatMap((result, job) => {
    const { seed, brief } = bound.plans[job]!;
    return pickFiles(result, brief.index).map((entry) => ({ ...entry, seed }));
  });
  return files.map(({ output, file, seed, batchIndex }, index) => ({
    bytes: file.bytes,
    mediaType: file.mediaType,
    hash: hashBytes(file.bytes),
    seed,
    batchIndex,
    flowId: bound.flow.id,
    index: firstIndex + index,
    output,
  }));
}

/** A job's files with their places in their node's batch; where one place is asked for, only those there. */
function pickFiles({ ref, files }: JobResult, index: number | undefined) {
  const placed = files.map((file, at) => {
    const before = files.slice(0, at).filter((one) => one.output.nodeId === file.output.nodeId);
    return { ...file, batchIndex: before.length };
  });
  const picked = placed.filter(({ batchIndex }) => index === undefined || batchIndex === index);
  if (picked.length > 0 || files.length === 0) return picked;
  const most = Math.max(...placed.map(({ batchIndex }) => batchIndex));
  throw new ComfygenError(
    'OUTPUT_MISSING',
    `Job ${ref.id} has no image ${index}: its batch ends with image ${most}.`,
    { retryable: false, jobFate: 'done', details: { index, images: most + 1 } },
  );
}

async function scoreOne(
  scorer: ScorerV1,
  image: Omit<ResultImage, 'score'>,
  brief: Brief,
  run: RunContext,
): Promise<Score | null> {
  const part = { role: 'scorer', name: scorer.name } as const;
  const { bytes, mediaType } = image;
  try {
    const score = await untilAborted(run.call.signal, () =>
      scorer.score({ image: { bytes, mediaType }, brief }, run.call),
    );
    for (const warning of score.warnings) run.warn(warning, part);
    const [low, high] = scorer.range;
    if (score.value >= low && score.value <= high) return score;
    run.warn(
      {
        code: 'score-out-of-range',
        message: `It gave ${score.value}, outside its range of ${low} to ${high}; the score is left out.`,
      },
      part,
    );
  } catch (error) {
    run.call.signal.throwIfAborted();
    const reason = error instanceof Error ? error.message : String(error);
    run.warn(
      { code: 'score-failed', message: `Image ${image.index + 1} has no score: ${reason}` },
      part,
    );
  }
  return null;
}
