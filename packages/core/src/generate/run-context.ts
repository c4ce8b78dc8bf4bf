import { ComfygenError, ofRun } from '../errors/comfygen-error.ts';
import { createCleaner, redactValue } from '../errors/redact.ts';
import type { CallContext, Clock, JobRef, Log, PartRef, Warning } from '../spec/index.ts';
import { asOurs } from '../util/at-border.ts';
import { steadyClock } from '../util/clock.ts';
import { OVER } from '../util/settle.ts';
import { warningLevel } from '../warnings/levels.ts';
import type { ComfyGenEvents, EmitEvent, EventName, OnEvent } from './events.ts';
import type { ComfyGenOptions } from './types.ts';

/** What every stage of one run shares. */
export interface RunContext {
  /** Empty while it is not known which run this is about. */
  runId: string;
  call: CallContext;
  timeouts: Timeouts;
  /** The jobs that all runs of this generator wait for now. */
  waiting: Set<AwaitedJob>;
  warnings: Warning[];
  /** The bytes of the brief's pictures, by their hash. */
  pictures: Map<string, Uint8Array>;
  /** Emits an event, with the run's id and the time added. */
  emit<N extends EventName>(name: N, event: Omit<ComfyGenEvents[N], 'runId' | 'at'>): void;
  warn(warning: Warning, part?: PartRef): void;
  /** There are pictures: from now on the deadline shortens what follows, and costs no picture any more. */
  picturesMade(): void;
  /** What the caller gets for an error: one of ours, with the run's id; the reason of the caller's own abort as it is. */
  failure(error: unknown): unknown;
  /** Ends timers and listeners. */
  close(): void;
}

/** What a call has besides its options: an id in place of a drawn one, and who listens to it and may stop it. */
export interface Within {
  runId?: string;
  onEvent?: OnEvent;
  signal?: AbortSignal;
}

/** A job that somebody waits for; `wake` has it looked at now. */
export interface AwaitedJob {
  ref: JobRef;
  runId: string;
  planId: string;
  wake(): void;
}

/** How long what surrounds the making of a picture may take, in milliseconds. */
export type Timeouts = Required<{ [K in keyof GivenTimeouts]: number }>;
type GivenTimeouts = NonNullable<ComfyGenOptions['timeouts']>;

/** What a run is started with. */
export interface RunSettings {
  runId: string;
  clock: Clock;
  log: Log;
  timeouts: Timeouts;
  waiting: Set<AwaitedJob>;
  emit: EmitEvent;
  /** Who listens to this run alone. */
  listeners: readonly OnEvent[];
  signal: AbortSignal | undefined;
  /** The caller's own part of `signal`. */
  given: AbortSignal | undefined;
  timeoutMs: number | undefined;
}

/** A context whose signal aborts with the caller's, and with CLIENT_TIMEOUT once the time is over. */
export function createRunContext(settings: RunSettings): RunContext {
  const { timeouts, waiting, log, signal, given, timeoutMs } = settings;
  const clock = steadyClock(settings.clock);
  const controller = new AbortController();
  const onAbort = () => controller.abort(signal?.reason);
  if (signal?.aborted) onAbort();
  else signal?.addEventListener('abort', onAbort, { once: true });

  const over = new AbortController();
  if (timeoutMs !== undefined) {
    clock.sleep(timeoutMs, over.signal).then(
      () =>
        controller.abort(
          new ComfygenError('CLIENT_TIMEOUT', `The run took longer than its ${timeoutMs} ms.`, {
            details: { timeoutMs },
          }),
        ),
      () => {},
    );
  }

  const warnings: Warning[] = [];
  const add = (warning: Warning): Warning | undefined => {
    // Parts write these: a copy without secrets goes into results, events and records.
    const level = warning.level ?? warningLevel(warning.code);
    const safe = redactValue({ ...warning, level }) as Warning;
    if (warnings.some((w) => w.code === safe.code && w.message === safe.message)) return undefined;
    warnings.push(safe);
    return safe;
  };
  const emit: RunContext['emit'] = (name, event) => {
    const full = { ...event, runId: run.runId, at: clock.now() } as ComfyGenEvents[typeof name];
    const onError = (message: string) => {
      const warning = { code: 'listener-failed', message: `A listener failed on ${message}` };
      // One that fails on warnings would only fail again on this one.
      if (name === 'run-warning') add(warning);
      else warn(warning);
    };
    settings.emit(name, full, onError, settings.listeners);
  };
  const warn: RunContext['warn'] = (warning, part) => {
    const added = add(part && !warning.part ? { ...warning, part } : warning);
    if (added) emit('run-warning', { warning: added });
  };
  const run: RunContext = {
    runId: settings.runId,
    call: {
      signal: controller.signal,
      deadline: timeoutMs === undefined ? undefined : clock.now() + timeoutMs,
      clock,
      log: cleanLog(log),
    },
    timeouts,
    waiting,
    warnings,
    pictures: new Map(),
    emit,
    warn,
    picturesMade: () => over.abort(OVER),
    failure(error) {
      const { aborted, reason } = controller.signal;
      if (aborted && given?.aborted && reason === given.reason) return reason;
      const told = aborted ? reason : error;
      return ofRun(asOurs(told, 'PART_FAILED', 'The run failed'), run.runId);
    },
    close() {
      over.abort(OVER);
      signal?.removeEventListener('abort', onAbort);
    },
  };
  return run;
}

/** A log that gets no secrets, whichever part writes to it. */
function cleanLog(log: Log): Log {
  const clean =
    (level: keyof Log): Log['info'] =>
    (message, facts) => {
      const { text, value } = createCleaner([facts]);
      log[level](text(message), value(facts) as typeof facts);
    };
  return { debug: clean('debug'), info: clean('info'), warn: clean('warn') };
}

/**
 * The error to report for what a part threw: typed errors and the caller's own abort stay as they are, the rest
 * becomes PART_FAILED.
 */
export function wrapFailure(error: unknown, part: PartRef, signal: AbortSignal): unknown {
  if (signal.aborted) return signal.reason;
  return asOurs(error, 'PART_FAILED', `${part.role} ${part.name} failed`, { part });
}
