import type { CandidateRecord, RankedFlow, Shortlist } from '../../spec/index.ts';
import { messageOf } from '../../util/message-of.ts';
import { untilAborted } from '../../util/settle.ts';
import type { JobCache } from '../job/image-cache.ts';
import { endsRun } from '../job/outcome.ts';
import type { Settings } from '../options.ts';
import type { RunContext } from '../run-context.ts';
import type { Attempt, GenerateOptions, ResultImage } from '../types.ts';
import { execute, isBackendFailure, MAX_FLOWS, SPARE_MS } from './execute.ts';
import { tellOthers, tellSize } from './hand-over.ts';
import type { FinishedJob } from './run-jobs.ts';
import { bestFirst, scoreImages } from './score.ts';
import type { Choice } from './select.ts';

/** Scored images, and how they came to be. */
export interface Made {
  /** The first job of the flow that made the best image. */
  job: FinishedJob;
  /** Best first. */
  images: ResultImage[];
  candidates: CandidateRecord[];
  attempts: Attempt[];
  /** What kept the run from making all that was asked for, where it could not. */
  failure?: unknown;
  /** Whether all images come from the cache. */
  cached: boolean;
  executeMs: number;
  scoreMs: number;
}

/** What making takes besides the settings: the choice, and the caller's own taker of pictures. */
export interface Order extends Choice, Pick<GenerateOptions, 'onImage'> {
  /** What the same jobs have made before; `undefined` where they are made in any case. */
  cache: JobCache | undefined;
}

/** The images of the chosen flow, or of several where the selector asks for a shortlist; each with its score. */
export async function makeImages(settings: Settings, order: Order, run: RunContext): Promise<Made> {
  const { shortlist } = order.selection;
  if (shortlist === undefined) return executeAndScore(settings, order, run);
  if (settings.scorer !== undefined) return runShortlist(settings, order, shortlist, run);
  run.warn({
    code: 'shortlist-not-run',
    message:
      'The selector asks to run several flows and to take the best picture; without a scorer only the first is run.',
  });
  return executeAndScore(settings, order, run);
}

/** What may differ between the flows of a shortlist. */
interface MakeOptions {
  /** Default: the first few of the ranking, one after the other until one succeeds. */
  candidates?: readonly RankedFlow[];
  /** Filled with every try, also where all fail. */
  attempts?: Attempt[];
  /** Images that the run has made before. */
  firstIndex?: number;
}

/** Runs one flow, or another in its place where it fails, and scores what it made. */
async function executeAndScore(
  settings: Settings,
  order: Order,
  run: RunContext,
  { candidates, attempts = [], firstIndex = 0 }: MakeOptions = {},
): Promise<Made> {
  const { clock, signal } = run.call;
  const started = clock.now();
  const tried = { ...settings, ...order, ...(candidates && { candidates }), run, firstIndex };
  const { jobs, failure } = await execute(tried, attempts);
  const executed = clock.now();
  const made = jobs.flatMap((job) => job.images);
  tellOthers(made, run);
  const cached = tellCached(jobs, made.length, run);
  for (const { plan, flow, images } of jobs) tellSize(plan, flow.slots, images, run);
  const images = await scoreImages(made, settings.scorer, order.offer.brief, run);
  await untilAborted(signal, () => Promise.all(jobs.map(({ stored }) => stored)));
  const flowIds = new Set(images.map(({ flowId }) => flowId));
  return {
    job: jobs.find(({ plan }) => plan.flowId === images[0]?.flowId) ?? jobs[0],
    images,
    candidates: Array.from(flowIds, (flowId) => {
      const score = images.find((image) => image.flowId === flowId)?.score?.value ?? null;
      return { flowId, outcome: 'succeeded', score };
    }),
    attempts,
    failure,
    cached,
    executeMs: executed - started,
    scoreMs: clock.now() - executed,
  };
}

/** Says what was not run, since it was there. Whether that is all of it. */
function tellCached(jobs: readonly FinishedJob[], count: number, { warn }: RunContext): boolean {
  const cached = jobs.filter((one) => one.cached).flatMap(({ images }) => images).length;
  const message = `${cached} of ${count} images come from the cache: no job was submitted for them.`;
  if (cached > 0) warn({ code: 'from-cache', message, details: { cached, count } });
  return cached === count;
}

/** A flow of the ranking with what it made. */
interface Tried {
  flow: RankedFlow;
  made: Made;
}

/**
 * Runs the first flows of the ranking one after the other and takes the best image of all. Stops early where
 * the shortlist says so or the run's deadline is near, and passes by a flow that cannot win by the
 * selector's own intervals. A flow that fails costs its images only; where none has made any, further flows
 * of the ranking are tried as without a shortlist.
 *
 * @throws what the last flow failed with, where no image was made
 */
async function runShortlist(
  settings: Settings,
  order: Order,
  shortlist: Shortlist,
  run: RunContext,
): Promise<Made> {
  const { clock } = run.call;
  const { ranked } = order.selection;
  const size = Number.isInteger(shortlist.size) ? shortlist.size : 1;
  const started = clock.now();
  const tried: Tried[] = [];
  const candidates: CandidateRecord[] = [];
  const attempts: Attempt[] = [];
  let failure: unknown;
  let halted: string | undefined;
  const end = (candidate: CandidateRecord) => {
    candidates.push(candidate);
    run.emit('candidate-end', { candidate });
  };
  for (const [place, flow] of ranked.entries()) {
    if (place >= (tried.length > 0 ? size : Math.max(size, MAX_FLOWS))) break;
    const { flowId } = flow;
    const now = clock.now();
    const reason = halted ?? whyPassBy(flow, tried, shortlist, { now, started, run });
    if (reason !== undefined) {
      end({ flowId, outcome: 'skipped', score: null, reason });
      continue;
    }
    const own: Attempt[] = [];
    try {
      const firstIndex = tried.reduce((sum, { made }) => sum + made.images.length, 0);
      const only = { candidates: [flow], attempts: own, firstIndex };
      const made = await executeAndScore(settings, order, run, only);
      failure = made.failure;
      tried.push({ flow, made });
      end(made.candidates[0]!);
    } catch (error) {
      run.call.signal.throwIfAborted();
      failure = error;
      const message = messageOf(error);
      end({ flowId, outcome: 'failed', score: null, reason: message });
      run.warn({ code: 'candidate-failed', message: `${flowId} made no picture: ${message}` });
    }
    attempts.push(...own);
    const last = own.at(-1);
    if (endsRun(failure) || (last && isBackendFailure(last)))
      halted = `nothing more is submitted after ${flowId} failed like this`;
    if (halted !== undefined && tried.length === 0) break;
  }
  if (tried.length === 0) throw failure;
  return join(tried, candidates, attempts);
}

/** Why a flow need not be run, once there is a picture. */
function whyPassBy(
  { interval }: RankedFlow,
  tried: readonly Tried[],
  { stopAt, budgetMs }: Shortlist,
  { now, started, run }: { now: number; started: number; run: RunContext },
): string | undefined {
  if (tried.length === 0) return undefined;
  const best = Math.max(...tried.map(({ made }) => made.candidates[0]?.score ?? -Infinity));
  if (stopAt !== null && best >= stopAt) return `a picture has reached ${stopAt}`;
  if (budgetMs !== null && now - started >= budgetMs) return `${budgetMs} ms are over`;
  const longest = Math.max(...tried.map(({ made }) => made.executeMs + made.scoreMs));
  const { deadline } = run.call;
  if (deadline !== undefined && now + longest + SPARE_MS > deadline)
    return 'the deadline is too near';
  const better = tried.find(
    ({ flow }) => interval !== null && flow.interval !== null && flow.interval[0] > interval[1],
  );
  return better && `it cannot be better than ${better.flow.flowId} by the predicted intervals`;
}

function join(tried: readonly Tried[], candidates: CandidateRecord[], attempts: Attempt[]): Made {
  const all = tried.map(({ made }) => made);
  const images = bestFirst(all.flatMap((made) => made.images));
  const best = all.find((made) => made.images.includes(images[0]!))!;
  const sum = (read: (made: Made) => number) => all.reduce((total, made) => total + read(made), 0);
  return {
    job: best.job,
    images,
    candidates,
    attempts,
    cached: all.every((made) => made.cached),
    executeMs: sum((made) => made.executeMs),
    scoreMs: sum((made) => made.scoreMs),
  };
}
