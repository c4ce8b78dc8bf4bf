import { ComfygenError } from '../../errors/comfygen-error.ts';
import type { Brief, Score, ScorerV1 } from '../../spec/index.ts';
import { untilAborted } from '../../util/settle.ts';
import { describeFiles } from '../job/describe-files.ts';
import type { JobResult } from '../job/follow.ts';
import type { RunContext } from '../run-context.ts';
import type { ResultImage } from '../types.ts';
import type { Execution } from './execute.ts';

/**
 * The run's files, best first, the main pictures with their scores; a scorer that fails costs its score, never the
 * image.
 */
export async function scoreImages(
  execution: Execution,
  scorer: ScorerV1 | undefined,
  brief: Brief,
  run: RunContext,
  firstIndex: number,
): Promise<ResultImage[]> {
  const images = listImages(execution, firstIndex);
  tellOthers(images, run);
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

/** The main ones first; by score, then as they were made; those without a score come last. */
export function bestFirst(images: readonly ResultImage[]): ResultImage[] {
  const value = (image: ResultImage) => image.score?.value ?? Number.NEGATIVE_INFINITY;
  return images.toSorted((a, b) => {
    if (a.role !== b.role) return a.role === 'main' ? -1 : 1;
    return value(b) === value(a) ? a.index - b.index : value(b) - value(a);
  });
}

function listImages(
  { bound, results }: Execution,
  firstIndex: number,
): Omit<ResultImage, 'score'>[] {
  const files = results.flatMap((result, job) => {
    const { seed, brief, workflow } = bound.plans[job]!;
    const picked = pickFiles(result, brief.index);
    return describeFiles(picked, workflow).map((file, at) => ({
      ...file,
      seed,
      batchIndex: picked[at]!.batchIndex,
    }));
  });
  return files.map((file, index) => ({
    ...file,
    flowId: bound.flow.id,
    index: firstIndex + index,
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

function tellOthers(images: readonly Omit<ResultImage, 'score'>[], run: RunContext): void {
  const others = images.filter(({ role }) => role === 'other').map(({ output }) => output);
  if (others.length === 0) return;
  const main = images.find(({ role }) => role === 'main')?.output.nodeId;
  const nodes = [...new Set(others.map(({ nodeId }) => nodeId))].join(', ');
  run.warn({
    code: 'other-outputs',
    message: `The flow saves more than its main output (node ${main}): ${others.length} from node ${nodes}.`,
    details: { main: main ?? null, others: others.map(({ fileName }) => fileName) },
  });
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
