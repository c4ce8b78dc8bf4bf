import type { Brief, Score, ScorerV1 } from '../../spec/index.ts';
import { messageOf } from '../../util/message-of.ts';
import { readAnswer } from '../read-answers.ts';
import type { RunContext } from '../run-context.ts';
import { inTime } from '../time-limits.ts';
import type { ResultImage } from '../types.ts';
import type { Unscored } from './hand-over.ts';

/** Before the deadline a part of the time is kept for the record. */
const SHARE = 0.8;

/**
 * The run's files, best first, the main pictures with their scores; a scorer that fails or does not answer costs its
 * score, never the image.
 */
export async function scoreImages(
  images: readonly Unscored[],
  scorer: ScorerV1 | undefined,
  brief: Brief,
  run: RunContext,
): Promise<ResultImage[]> {
  const scored: ResultImage[] = [];
  for (const image of images) {
    const isJudged = image.role === 'main' && image.kind === 'image';
    const score = scorer && isJudged ? await scoreOne(scorer, image, brief, run) : null;
    run.call.signal.throwIfAborted();
    run.emit('image-scored', { image, score });
    scored.push({ ...image, score });
  }
  return bestFirst(scored);
}

/** The main ones first; by score, then in the order of their jobs; those without a score come last. */
export function bestFirst(images: readonly ResultImage[]): ResultImage[] {
  const value = (image: ResultImage) => image.score?.value ?? Number.NEGATIVE_INFINITY;
  return images.toSorted((a, b) => {
    if (a.role !== b.role) return a.role === 'main' ? -1 : 1;
    return value(b) === value(a) ? 0 : value(b) - value(a);
  });
}

/** Runs whose scorer took too long: it is not waited for once more for each further image. */
const gaveUp = new WeakSet<RunContext['warnings']>();

async function scoreOne(
  scorer: ScorerV1,
  image: Unscored,
  brief: Brief,
  run: RunContext,
): Promise<Score | null> {
  const part = { role: 'scorer', name: scorer.name } as const;
  const { mediaType } = image;
  let isLate = false;
  try {
    if (gaveUp.has(run.warnings)) throw new Error('the scorer has taken too long before.');
    // A copy: a scorer that works in it, or hands it to a worker, must not take the picture along.
    const bytes = new Uint8Array(image.bytes);
    const step = { limitMs: run.timeouts.scoreMs, share: SHARE };
    const given = await inTime(run.call, step, (call) => {
      call.signal.addEventListener('abort', () => {
        isLate = true;
      });
      return scorer.score({ image: { bytes, mediaType }, brief }, call);
    });
    const score = readAnswer('score', given, part);
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
    if (isLate) gaveUp.add(run.warnings);
    const reason = messageOf(error);
    run.warn(
      { code: 'score-failed', message: `Image ${image.index + 1} has no score: ${reason}` },
      part,
    );
  }
  return null;
}
