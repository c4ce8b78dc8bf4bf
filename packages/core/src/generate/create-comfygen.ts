import { ComfygenError, ofRun } from '../errors/comfygen-error.ts';
import type { Feedback, JobEntry, RecordStore } from '../spec/index.ts';
import { requireNode } from '../util/require-node.ts';
import { withinLimit } from '../util/settle.ts';
import { createEvents, type EventSource } from './events.ts';
import { joinSignals, readCallOptions, resolveOptions } from './options.ts';
import { type AwaitedJob, createRunContext, type RunContext, type Within } from './run-context.ts';
import type { OpenStream, RunStream } from './stream.ts';
import type {
  ComfyGenOptions,
  GenerateOptions,
  GenerateResult,
  PlanResult,
  ResumeResult,
  SelectResult,
} from './types.ts';
import type { WebhookRequest, WebhookResult } from './webhook.ts';

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
  /**
   * The run of `generate`, told event by event as it goes on, at its end with the result; what it fails with is thrown.
   * It begins with the first event that is asked for. Who leaves before the end stops it, and its jobs.
   */
  stream(prompt: string, options?: GenerateOptions): RunStream;
  /** What `generate` would run first: chosen, bound and validated, not submitted. */
  plan(prompt: string, options?: GenerateOptions): Promise<PlanResult>;
  /** What `generate` would choose, and what it could not choose from. */
  select(prompt: string, options?: GenerateOptions): Promise<SelectResult>;
  /** Follows a job of an earlier process, by its plan id or stored entry, and fetches its images. */
  resume(
    job: string | JobEntry,
    options?: Pick<GenerateOptions, 'onEvent' | 'signal' | 'timeoutMs'>,
  ): Promise<ResumeResult>;
  /**
   * Takes a service's call about a job: checks who sent it, and has the run that waits for the job look at once. Where
   * no run of this process waits, its new state is kept, and `resume` fetches the images. A call may come twice.
   *
   * @throws INVALID_OPTIONS where that executor reads no webhooks; FORBIDDEN for a bad signature; PROTOCOL for nonsense
   */
  webhook(
    executor: string,
    request: WebhookRequest,
    options?: Pick<GenerateOptions, 'signal' | 'timeoutMs'>,
  ): Promise<WebhookResult>;
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

/** Of a call about a run that is known only once it is read which. */
const UNNAMED = { runId: '' };

// What only a run needs is loaded by the first one, so that an app starts without it.
const stages = () => import('./run.ts');

/** An image generator made of these flows and parts. @throws INVALID_OPTIONS, INVALID_PART, UNSUPPORTED_SPEC */
export function createComfyGen(options: ComfyGenOptions): ComfyGen {
  const settings = resolveOptions(options);
  const events = createEvents();
  const stop = new AbortController();
  const inFlight = new Set<Promise<unknown>>();
  const running = new Set<string>();
  const waiting = new Set<AwaitedJob>();
  let disposing: Promise<void> | undefined;
  let verdicts: Promise<void> = Promise.resolve();

  /** Runs a task with a run context of its own, which is closed when the task is over. */
  async function within<T>(
    given: unknown,
    task: (run: RunContext, call: GenerateOptions) => Promise<T>,
    { runId: own, onEvent, signal }: Within = {},
  ): Promise<T> {
    const call = readCallOptions(given);
    const runId = call.runId ?? own ?? globalThis.crypto.randomUUID();
    if (stop.signal.aborted) throw ofRun(stop.signal.reason, runId);
    if (running.has(runId))
      throw new ComfygenError('INVALID_OPTIONS', `runId: a run "${runId}" is in flight.`);
    const { clock, log, timeouts } = settings;
    const run = createRunContext({
      runId,
      clock,
      log,
      timeouts,
      waiting,
      emit: events.emit,
      listeners: [call.onEvent, onEvent].filter((listener) => listener !== undefined),
      signal: joinSignals(call.signal, stop.signal, signal),
      given: call.signal,
      timeoutMs: call.timeoutMs,
    });
    if (runId !== '') running.add(runId);
    const work = task(run, call)
      .catch((error: unknown) => {
        throw run.failure(error);
      })
      .finally(() => {
        running.delete(runId);
        run.close();
      });
    const kept = work.catch(() => {}).finally(() => inFlight.delete(kept));
    inFlight.add(kept);
    return work;
  }

  const generate = (prompt: string, given: unknown, own?: Within) =>
    within(
      given,
      async (run, call) => (await stages()).generateRun(settings, prompt, call, run),
      own,
    );

  async function dispose(): Promise<void> {
    // Frozen: it is the reason of many runs, and each gets a copy with its own id.
    stop.abort(Object.freeze(new ComfygenError('DISPOSED', 'This comfygen was disposed of.')));
    const tooLate = () => new Error('took too long');
    const wait = (ms: number, work: () => Promise<unknown>) =>
      withinLimit(settings, ms, tooLate, work).catch(() => {});
    await wait(STOP_WAIT_MS, () => Promise.allSettled(inFlight));
    const parts = [settings.selector, settings.scorer, ...settings.executors];
    await Promise.all(parts.map((part) => wait(CLOSE_WAIT_MS, async () => part?.dispose?.())));
    events.clear();
  }

  return {
    generate: (prompt, given = {}) => generate(prompt, given),
    stream(prompt, given = {}) {
      const start = (own: Within) => generate(prompt, given, own);
      let opened: Promise<OpenStream> | undefined;
      const open = () => {
        opened ??= import('./stream.ts').then(({ streamRun }) =>
          streamRun(start, () => settings.clock.now()),
        );
        return opened;
      };
      return {
        next: async () => (await open()).next(),
        return: async () => (await open()).return(),
        [Symbol.asyncIterator]() {
          return this;
        },
      };
    },
    plan: (prompt, given = {}) =>
      within(given, async (run, call) => (await stages()).planRun(settings, prompt, call, run)),
    select: (prompt, given = {}) =>
      within(given, async (run, call) => (await stages()).selectRun(settings, prompt, call, run)),
    resume: (job, given = {}) =>
      within(
        given,
        async (run) => {
          const { resumeJob } = await import('./resume.ts');
          return resumeJob(settings, job, run);
        },
        UNNAMED,
      ),
    webhook: (executor, request, given = {}) =>
      within(
        given,
        async (run) => {
          const { takeWebhook } = await import('./webhook.ts');
          return takeWebhook(settings, { executor, request }, run);
        },
        UNNAMED,
      ),
    feedback(runId, verdict) {
      // One after the other: each reads the record, adds to it and writes it back.
      const given = verdicts.then(() =>
        within(
          {},
          async (run) => {
            const { giveFeedback } = await import('./feedback.ts');
            return giveFeedback(settings, runId, verdict, run);
          },
          UNNAMED,
        ),
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
