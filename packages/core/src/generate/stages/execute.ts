import { errorInfo } from '../../errors/codes.ts';
import { ComfygenError } from '../../errors/comfygen-error.ts';
import type { Brief, Flow, RankedFlow, Selection } from '../../spec/index.ts';
import { untilAborted } from '../../util/settle.ts';
import type { SafetyPolicy } from '../../workflow/policy/policy.ts';
import { endsRun, explain, leavesJob } from '../job/outcome.ts';
import { jobsAtOnce } from '../options.ts';
import { type RunContext, wrapFailure } from '../run-context.ts';
import type { Attempt, GenerateOptions } from '../types.ts';
import { bindPlans } from './bind.ts';
import { handOver, listImages } from './hand-over.ts';
import type { ExecutorOffer, Offer } from './offer.ts';
import { type FinishedJob, isFinished, type Job, type JobSettings, runJobs } from './run-jobs.ts';

/** How many flows of the ranking are tried on one executor. */
export const MAX_FLOWS = 3;
const FIRST_BACKOFF_MS = 500;
const LONGEST_BACKOFF_MS = 30_000;
/** A backend that wants to be left alone for longer is not tried again. */
const LONGEST_WAIT_MS = 120_000;

/** Time kept free before the deadline for scoring and storing what is there, in milliseconds. */
export const SPARE_MS = 250;

/** The jobs that have pictures, in the order of their seeds. */
export interface Execution {
  jobs: [FinishedJob, ...FinishedJob[]];
  /** Why there are not more of them, where some could not be made. */
  failure?: unknown;
}

/** What `execute` needs: the ranking, the executors that can run it, and the limits of the run. */
export interface ExecuteSettings extends Omit<JobSettings, 'take'> {
  selection: Selection;
  /** The flows to try, in this order. Default: the first few of the selection. */
  candidates?: readonly RankedFlow[];
  offer: Offer;
  policy: SafetyPolicy | undefined;
  maxRetries: number;
  concurrency(): number;
  onImage?: GenerateOptions['onImage'];
  /** Pictures that the run has already, which the deadline must not take. */
  firstIndex: number;
}

/** What a run has come to: its jobs, every try, and what ends it once there are pictures and the deadline is near. */
interface Making {
  jobs: Job[];
  attempts: Attempt[];
  late: AbortSignal;
  take: JobSettings['take'];
}

/**
 * Runs the best-ranked flow; after failures again, then the next flows of the ranking, then the next executor. What has
 * pictures is kept: only the missing ones are made again, and where that fails for good, or the deadline is near, a
 * warning says how many there are not. `attempts` gets every try, also where all fail.
 *
 * @throws where there is no picture: NO_IMAGE with every attempt; after a single attempt its own error.
 */
export async function execute(settings: ExecuteSettings, attempts: Attempt[]): Promise<Execution> {
  const { run, firstIndex, onImage } = settings;
  const { deadline, clock, signal } = run.call;
  const over = new AbortController();
  const late = new AbortController();
  let isLimited = false;
  const limit = () => {
    if (isLimited || deadline === undefined) return;
    isLimited = true;
    clock.sleep(Math.max(0, deadline - clock.now() - SPARE_MS), over.signal).then(
      () => late.abort(new ComfygenError('CLIENT_TIMEOUT', 'The deadline was too near.')),
      () => {},
    );
  };
  let next = firstIndex;
  const handed: Promise<void>[] = [];
  const take: Making['take'] = (plan, result) => {
    const flow = settings.offer.flows.find(({ id }) => id === plan.flowId);
    const images = listImages(plan, result, { flow, firstIndex: next, run });
    next += images.length;
    run.picturesMade();
    limit();
    // At once, and not in the job's place among those that run at once: what is taken outlives a stop of the run.
    const given = handOver(images, onImage, run);
    given.catch(() => {});
    handed.push(given);
    return images;
  };
  const making: Making = { jobs: [], attempts, late: late.signal, take };
  if (firstIndex > 0) limit();
  try {
    await makeJobs(settings, making);
    await Promise.all(handed);
    return { jobs: making.jobs as Execution['jobs'] };
  } catch (failure) {
    signal.throwIfAborted();
    const jobs = making.jobs.filter(isFinished);
    if (jobs.length === 0) throw failure;
    sayMissing(making, failure, run);
    await Promise.all(handed);
    return { jobs: jobs as Execution['jobs'], failure };
  } finally {
    over.abort();
  }
}

function sayMissing({ jobs, attempts }: Making, failure: unknown, run: RunContext): void {
  const sum = (of: readonly Job[]) =>
    of.reduce((total, { plan }) => total + (plan.brief.count ?? 1), 0);
  const [count, missing] = [sum(jobs), sum(jobs.filter((job) => !isFinished(job)))];
  const { code, message } = explain(failure);
  run.warn({
    code: 'images-missing',
    message: `${missing} of ${count} images could not be made (${code}: ${message})`,
    details: {
      count,
      missing,
      attempts: attempts.map((one) => ({ ...one, error: one.error ?? null })),
    },
  });
}

/** Goes through executors and flows until all jobs have their pictures. @throws what the last try failed with */
async function makeJobs(settings: ExecuteSettings, making: Making): Promise<void> {
  const { selection, offer, run, candidates = selection.ranked } = settings;
  const { attempts, late } = making;
  let last: unknown;
  for (const [place, target] of offer.executors.entries()) {
    const isLastExecutor = place === offer.executors.length - 1;
    const ranked = candidates
      .filter(({ flowId }) => target.flowIds.has(flowId))
      .slice(0, MAX_FLOWS);
    for (const [rank, choice] of ranked.entries()) {
      const flow = offer.flows.find((one) => one.id === choice.flowId)!;
      const error = await tryFlow(settings, target, { flow, choice }, making);
      if (error === undefined) return;
      // That a later flow can't take the brief says nothing of why this run fails.
      const isBeside =
        ComfygenError.is(error) && error.code !== 'CANCELED' && !leavesJob(error) && endsRun(error);
      if (last === undefined || !isBeside) last = error;
      if (endsRun(last) || late.aborted) throw last;
      const nextFlow = rank < ranked.length - 1 && !isBackendFailure(attempts.at(-1)!);
      if (!nextFlow && isLastExecutor) break;
      run.warn({
        code: 'fell-back',
        message: fallbackText(
          attempts.at(-1)!,
          nextFlow
            ? `flow ${ranked[rank + 1]!.flowId}`
            : `executor ${offer.executors[place + 1]!.executor.name}`,
        ),
      });
      run.emit('execute-retry', {
        attempt: attempts.at(-1)!,
        next: nextFlow ? 'flow' : 'executor',
      });
      if (!nextFlow) break;
    }
  }
  // One flow on one executor that failed in one way: its own error says more than ours would.
  const ways = new Set(attempts.map((one) => `${one.flowId} ${one.executor} ${one.error?.code}`));
  if ((ways.size === 1 && last !== undefined) || making.jobs.some(isFinished)) throw last;
  const told = attempts
    .map(({ flowId, executor, error }) => `${flowId} on ${executor}: ${error?.code}`)
    .join('; ');
  const reasons = [...new Set(attempts.map(({ error }) => error?.message.replace(/\.$/, '')))];
  const message = `No image was made. Tried ${told}. ${reasons.join('; ')}.`;
  throw new ComfygenError('NO_IMAGE', message, {
    details: { attempts },
    cause: last,
  });
}

/** Whether another flow on the same executor would fail in the same way. */
export function isBackendFailure({ error }: Attempt): boolean {
  const fault = error && errorInfo(error.code).fault;
  return fault === 'backend' || fault === 'network';
}

/** What the flow failed with for good on this executor; `undefined` once all jobs have their pictures. */
async function tryFlow(
  settings: ExecuteSettings,
  target: ExecutorOffer,
  { flow, choice }: { flow: Flow; choice: RankedFlow },
  making: Making,
): Promise<unknown> {
  const { selection, run, maxRetries } = settings;
  const { call } = run;
  const { attempts, late, take } = making;
  const base = { flowId: flow.id, executor: target.executor.name };
  const signal = AbortSignal.any([call.signal, late]);
  let again = false;
  for (let tries = 0; ; tries += 1) {
    try {
      making.jobs = bindMissing(settings, target, { flow, choice }, making.jobs);
    } catch (error) {
      attempts.push({ ...base, outcome: 'failed', error: explain(error) });
      return error;
    }
    const [first] = making.jobs.filter((job) => !isFinished(job));
    const { files: _, ...plan } = first!.plan;
    run.emit('plan-selected', { selection, plan });
    try {
      const own = { ...settings, take, run: { ...run, call: { ...call, signal } } };
      // At the deadline nobody waits until jobs have been stopped.
      await untilAborted(late, () => runJobs(making.jobs, own));
      attempts.push({ ...base, outcome: 'succeeded' });
      return undefined;
    } catch (caught) {
      call.signal.throwIfAborted();
      const error = wrapFailure(caught, { role: 'executor', name: base.executor }, signal);
      const attempt: Attempt = { ...base, outcome: 'failed', error: explain(error) };
      attempts.push(attempt);
      const files = first!.plan.files;
      if (files && !again && ComfygenError.is(error, 'MISSING_INPUT')) {
        const { uploadAgain } = await import('../../util/upload-files.ts');
        again = uploadAgain(target.executor, { files });
        if (again) {
          run.warn({
            code: 'uploaded-again',
            message: fallbackText(attempt, 'its pictures again'),
          });
          run.emit('execute-retry', { attempt, next: 'again' });
          continue;
        }
      }
      if (!ComfygenError.is(error) || !error.retryable || tries >= maxRetries) return error;
      // Somebody has to start it again first.
      if (error.code === 'SERVER_WEDGED') return error;
      const backoff = Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** tries);
      const wait = error.retryAfterMs ?? backoff;
      if (wait > LONGEST_WAIT_MS) return error;
      run.warn({ code: 'retried', message: fallbackText(attempt, 'the same flow again') });
      run.emit('execute-retry', { attempt, next: 'again' });
      await call.clock.sleep(wait, signal);
    }
  }
}

/** The jobs of a try: all of the brief, or those that have pictures and, in place of each other one, what it was for. */
function bindMissing(
  { offer, policy, run, concurrency }: ExecuteSettings,
  { executor, inventory }: ExecutorOffer,
  { flow, choice }: { flow: Flow; choice: RankedFlow },
  jobs: readonly Job[],
): Job[] {
  const bind = (brief: Brief, atOnce: number): Job[] => {
    const settings = { inventory, policy, run, jobsAtOnce: atOnce };
    const { plans, validation } = bindPlans(flow, choice, brief, settings);
    return plans.map((plan) => ({ plan, flow, validation, executor }));
  };
  if (!jobs.some(isFinished))
    return bind(offer.brief, Math.min(jobsAtOnce(executor), concurrency()));
  return jobs.flatMap((job) => (isFinished(job) ? [job] : bind(job.plan.brief, 1)));
}

function fallbackText({ flowId, executor, error }: Attempt, next: string): string {
  return `${flowId} on ${executor} failed (${error?.code}: ${error?.message}); trying ${next}.`;
}
