import { errorInfo } from '../../errors/codes.ts';
import { ComfygenError } from '../../errors/comfygen-error.ts';
import { redactText } from '../../errors/redact.ts';
import type { Flow, JobStore, Plan, RankedFlow, Selection } from '../../spec/index.ts';
import { messageOf } from '../../util/message-of.ts';
import type { SafetyPolicy } from '../../workflow/policy/policy.ts';
import { leavesJob } from '../job/outcome.ts';
import { runJob, type StoredJob } from '../job/submit.ts';
import { jobsAtOnce } from '../options.ts';
import { type RunContext, wrapFailure } from '../run-context.ts';
import type { Semaphore } from '../semaphore.ts';
import type { Attempt } from '../types.ts';
import { type BoundPlans, bindPlans } from './bind.ts';
import type { ExecutorOffer, Offer } from './offer.ts';

/** How many flows of the ranking are tried on one executor. */
export const MAX_FLOWS = 3;
const FIRST_BACKOFF_MS = 500;
const LONGEST_BACKOFF_MS = 30_000;
/** A backend that wants to be left alone for longer is not tried again. */
const LONGEST_WAIT_MS = 120_000;

/** The finished jobs of one flow: its plans, the executor that ran them, and their images. */
export interface Execution {
  bound: BoundPlans;
  executor: string;
  /** One result a plan, in their order. */
  results: StoredJob[];
}

/** What `execute` needs: the ranking, the executors that can run it, and the limits of the run. */
export interface ExecuteSettings {
  selection: Selection;
  /** The flows to try, in this order. Default: the first few of the selection. */
  candidates?: readonly RankedFlow[];
  offer: Offer;
  policy: SafetyPolicy | undefined;
  maxRetries: number;
  slots: Semaphore;
  concurrency(): number;
  jobs: JobStore;
  run: RunContext;
}

/**
 * Runs the best-ranked flow; after failures again, then the next flows of the ranking, then the next executor.
 * `attempts` gets every try, also where all fail. After a submit whose outcome is unknown, a job that may still
 * run, or one whose pictures wait to be fetched, nothing more is submitted.
 *
 * @throws NO_IMAGE with every attempt; after a single attempt its own error.
 */
export async function execute(
  settings: ExecuteSettings,
  attempts: Attempt[] = [],
): Promise<Execution> {
  const { selection, offer, run, candidates = selection.ranked } = settings;
  let last: unknown;
  for (const [place, target] of offer.executors.entries()) {
    const isLastExecutor = place === offer.executors.length - 1;
    const ranked = candidates
      .filter(({ flowId }) => target.flowIds.has(flowId))
      .slice(0, MAX_FLOWS);
    for (const [rank, choice] of ranked.entries()) {
      const flow = offer.flows.find((one) => one.id === choice.flowId)!;
      const outcome = await tryFlow(settings, target, flow, choice, attempts);
      if ('execution' in outcome) return outcome.execution;
      const { error } = outcome;
      // That a later flow can't take the brief says nothing of why this run fails.
      const isBeside =
        ComfygenError.is(error) && error.code !== 'CANCELED' && !leavesJob(error) && endsRun(error);
      if (last === undefined || !isBeside) last = error;
      if (endsRun(last)) throw last;
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
  if (ways.size === 1 && last !== undefined) throw last;
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

/** Whether nothing else may be tried after this failure. */
export function endsRun(error: unknown): boolean {
  return (ComfygenError.is(error) && errorInfo(error.code).fault === 'caller') || leavesJob(error);
}

/** Whether another flow on the same executor would fail in the same way. */
export function isBackendFailure({ error }: Attempt): boolean {
  const fault = error && errorInfo(error.code).fault;
  return fault === 'backend' || fault === 'network';
}

type Outcome = { execution: Execution } | { error: unknown };

async function tryFlow(
  settings: ExecuteSettings,
  target: ExecutorOffer,
  flow: Flow,
  choice: Selection['ranked'][number],
  attempts: Attempt[],
): Promise<Outcome> {
  const { selection, offer, policy, run, maxRetries } = settings;
  const { executor, inventory } = target;
  const fail = (error: unknown): Attempt => {
    const { code, message } = ComfygenError.is(error)
      ? error
      : { code: 'PART_FAILED', message: redactText(messageOf(error)) };
    const attempt: Attempt = {
      flowId: flow.id,
      executor: executor.name,
      outcome: 'failed',
      error: { code, message },
    };
    attempts.push(attempt);
    return attempt;
  };
  let again = false;
  for (let tries = 0; ; tries += 1) {
    let bound: BoundPlans;
    try {
      const atOnce = Math.min(jobsAtOnce(executor), settings.concurrency());
      bound = bindPlans(flow, choice, offer.brief, { inventory, policy, run, jobsAtOnce: atOnce });
    } catch (error) {
      fail(error);
      return { error };
    }
    const { files, ...plan } = bound.plans[0];
    run.emit('plan-selected', { selection, plan });
    try {
      const results = await runPlans(settings, target, bound.plans);
      const attempt: Attempt = { flowId: flow.id, executor: executor.name, outcome: 'succeeded' };
      attempts.push(attempt);
      return { execution: { bound, executor: executor.name, results } };
    } catch (caught) {
      run.call.signal.throwIfAborted();
      const error = wrapFailure(caught, { role: 'executor', name: executor.name }, run.call.signal);
      const attempt = fail(error);
      if (files && !again && ComfygenError.is(error, 'MISSING_INPUT')) {
        const { uploadAgain } = await import('../../util/upload-files.ts');
        again = uploadAgain(executor, { files });
        if (again) {
          run.warn({
            code: 'uploaded-again',
            message: fallbackText(attempt, 'its pictures again'),
          });
          run.emit('execute-retry', { attempt, next: 'again' });
          continue;
        }
      }
      if (!ComfygenError.is(error) || !error.retryable || tries >= maxRetries) return { error };
      // Somebody has to start it again first.
      if (error.code === 'SERVER_WEDGED') return { error };
      const backoff = Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** tries);
      const wait = error.retryAfterMs ?? backoff;
      if (wait > LONGEST_WAIT_MS) return { error };
      run.warn({ code: 'retried', message: fallbackText(attempt, 'the same flow again') });
      run.emit('execute-retry', { attempt, next: 'again' });
      await run.call.clock.sleep(wait, run.call.signal);
    }
  }
}

/** All plans of one try; when one fails the others are stopped before it is reported. */
async function runPlans(
  { slots, jobs, run }: ExecuteSettings,
  { executor }: ExecutorOffer,
  plans: Plan[],
): Promise<StoredJob[]> {
  const together = new AbortController();
  const signal = AbortSignal.any([run.call.signal, together.signal]);
  const own: RunContext = { ...run, call: { ...run.call, signal } };
  const one = (plan: Plan) =>
    slots.run(async () => {
      const facts = { planId: plan.id, flowId: plan.flowId, executor: executor.name };
      run.emit('execute-start', facts);
      const end = (attempt: Attempt) => run.emit('execute-end', { planId: plan.id, attempt });
      const base = { flowId: plan.flowId, executor: executor.name };
      try {
        const result = await runJob(executor, plan, own, jobs);
        end({ ...base, outcome: 'succeeded' });
        return result;
      } catch (error) {
        const { code, message } =
          ComfygenError.is(error) && !signal.aborted
            ? error
            : { code: 'CANCELED', message: 'The run was stopped, or another of its jobs failed.' };
        end({ ...base, outcome: 'failed', error: { code, message } });
        together.abort(error);
        throw error;
      }
    }, signal);
  const settled = await Promise.allSettled(plans.map(one));
  run.call.signal.throwIfAborted();
  const results = settled.flatMap((s) => (s.status === 'fulfilled' ? [s.value] : []));
  if (results.length === plans.length) return results;
  throw together.signal.reason;
}

function fallbackText({ flowId, executor, error }: Attempt, next: string): string {
  return `${flowId} on ${executor} failed (${error?.code}: ${error?.message}); trying ${next}.`;
}
