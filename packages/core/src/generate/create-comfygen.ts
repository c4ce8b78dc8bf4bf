import { ComfygenError } from '../errors/comfygen-error.ts';
import type { Feedback, JobEntry, RecordStore } from '../spec/index.ts';
import { asOurs } from '../util/at-border.ts';
import { requireNode } from '../util/require-node.ts';
import { withinLimit } from '../util/settle.ts';
import { createEvents, type EventSource } from './events.ts';
import { joinSignals, readCallOptions, resolveOptions } from './options.ts';
import { createRunContext, type RunContext } from './run-context.ts';
import type {
  ComfyGenOptions,
  GenerateOptions,
  GenerateResult,
  PlanResult,
  ResumeResult,
  SelectResult,
} from './types.ts';

// At import: an old Node would fail later, in the middle of a run.
requireNode();

/** How long the runs may take to stop: a little more than a job's cancel and its store together. */
const STOP_WAIT_MS = 6_000;
/** How long one part may take to close what it holds. */
const CLOSE_WAIT_MS = 8_000;

/** Makes the best image for a prompt out of a library of flows, and says why the flow was chosen. */
export interface ComfyGen {
  /**
   * The best image for a prompt: chooses a flow, runs it, scores what it made, keeps the record.
   *
   * @throws INVALID_BRIEF, NO_FLOW, NO_IMAGE and what the last try failed with; CLIENT_TIMEOUT after
   * `timeoutMs`; the signal's own reason when it aborts; DISPOSED.
   */
  generate(prompt: string, options?: GenerateOptions): Promise<GenerateResult>;
  /** What `generate` would run first: chosen, bound and validated, not submitted. */
  plan(prompt: string, options?: GenerateOptions): Promise<PlanResult>;
  /** What `generate` would choose, and what it could not choose from. */
  select(prompt: string, options?: GenerateOptions): Promise<SelectResult>;
  /** Follows a job of an earlier process, by its plan id or stored entry, and fetches its images. */
  resume(
    job: string | JobEntry,
    options?: Pick<GenerateOptions, 'signal' | 'timeoutMs'>,
  ): Promise<ResumeResult>;
  /**
   * Adds a person's verdict to a run's record, and hands it to a selector that learns.
   *
   * @throws INVALID_OPTIONS; NOT_FOUND where no such run or image is kept; CLIENT_TIMEOUT where the store does not answer
   */
  feedback(runId: string, verdict: Pick<Feedback, 'value' | 'imageHash' | 'note'>): Promise<void>;
  /** Adds and removes listeners for the events of all runs, such as progress, retries and scores. */
  readonly events: EventSource;
  /** The records of past runs: the store from the options, or one in memory. */
  readonly records: RecordStore;
  /** Stops the runs in flight, then disposes of the parts. Safe to call twice. */
  dispose(): Promise<void>;
  /** `dispose`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}

// What only a run needs is loaded by the first one, so that an app starts without it.
const stages = () => import('./run.ts');

/** An image generator made of these flows and parts. @throws INVALID_OPTIONS, INVALID_PART, UNSUPPORTED_SPEC */
export function createComfyGen(options: ComfyGenOptions): ComfyGen {
  const settings = resolveOptions(options);
  const events = createEvents();
  const stop = new AbortController();
  const inFlight = new Set<Promise<unknown>>();
  let disposing: Promise<void> | undefined;
  let verdicts: Promise<void> = Promise.resolve();

  /** Runs a task with a run context of its own, which is closed when the task is over. */
  async function within<T>(
    given: unknown,
    task: (run: RunContext, call: GenerateOptions) => Promise<T>,
  ): Promise<T> {
    stop.signal.throwIfAborted();
    const call = readCallOptions(given);
    const { clock, log, timeouts } = settings;
    const run = createRunContext({
      runId: globalThis.crypto.randomUUID(),
      clock,
      log,
      timeouts,
      emit: events.emit,
      signal: joinSignals(call.signal, stop.signal),
      timeoutMs: call.timeoutMs,
    });
    const work = task(run, call)
      .catch((error: unknown) => {
        const { aborted, reason } = run.call.signal;
        throw aborted ? reason : asOurs(error, 'PART_FAILED', 'The run failed');
      })
      .finally(run.close);
    const kept = work.catch(() => {}).finally(() => inFlight.delete(kept));
    inFlight.add(kept);
    return work;
  }

  async function dispose(): Promise<void> {
    stop.abort(new ComfygenError('DISPOSED', 'This comfygen was disposed of.'));
    const tooLate = () => new Error('took too long');
    const wait = (ms: number, work: () => Promise<unknown>) =>
      withinLimit(settings, ms, tooLate, work).catch(() => {});
    await wait(STOP_WAIT_MS, () => Promise.allSettled(inFlight));
    const parts = [settings.selector, settings.scorer, ...settings.executors];
    await Promise.all(parts.map((part) => wait(CLOSE_WAIT_MS, async () => part?.dispose?.())));
    events.clear();
  }

  return {
    generate: (prompt, given = {}) =>
      within(given, async (run, call) => (await stages()).generateRun(settings, prompt, call, run)),
    plan: (prompt, given = {}) =>
      within(given, async (run, call) => (await stages()).planRun(settings, prompt, call, run)),
    select: (prompt, given = {}) =>
      within(given, async (run, call) => (await stages()).selectRun(settings, prompt, call, run)),
    resume: (job, given = {}) =>
      within(given, async (run) => {
        const { resumeJob } = await import('./resume.ts');
        return resumeJob(settings, job, run);
      }),
    feedback(runId, verdict) {
      // One after the other: each reads the record, adds to it and writes it back.
      const given = verdicts.then(() =>
        within({}, async (run) => {
          const { giveFeedback } = await import('./feedback.ts');
          return giveFeedback(settings, runId, verdict, run);
        }),
      );
      verdicts = given.catch(() => {});
      return given;
    },
    events: events.source,
    records: settings.records,
    dispose: () => {
      disposing ??= dispose();
      return disposing;
    },
    [Symbol.asyncDispose]() {
      return this.dispose();
    },
  };
}
