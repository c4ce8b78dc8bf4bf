import { ComfygenError } from '../errors/comfygen-error.ts';
import { createCleaner, redactValue } from '../errors/redact.ts';
import type { CallContext, Clock, Log, PartRef, Warning } from '../spec/index.ts';
import type { ComfyGenEvents, EmitEvent, EventName } from './events.ts';

/** What every stage of one run shares. */
export interface RunContext {
  runId: string;
  call: CallContext;
  warnings: Warning[];
  /** Emits an event, with the run's id and the time added. */
  emit<N extends EventName>(name: N, event: Omit<ComfyGenEvents[N], 'runId' | 'at'>): void;
  warn(warning: Warning, part?: PartRef): void;
  /** Ends timers and listeners. */
  close(): void;
}

/** What a run is started with. */
export interface RunSettings {
  runId: string;
  clock: Clock;
  log: Log;
  emit: EmitEvent;
  signal: AbortSignal | undefined;
  timeoutMs: number | undefined;
}

/** A context whose signal aborts with the caller's, and with CLIENT_TIMEOUT once the time is over. */
export function createRunContext(settings: RunSettings): RunContext {
  const { runId, clock, log, signal, timeoutMs } = settings;
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
    const safe = redactValue(warning) as Warning;
    if (warnings.some((w) => w.code === safe.code && w.message === safe.message)) return undefined;
    warnings.push(safe);
    return safe;
  };
  const emit: RunContext['emit'] = (name, event) => {
    const full = { ...event, runId, at: clock.now() } as ComfyGenEvents[typeof name];
    settings.emit(name, full, (message) => {
      const warning = { code: 'listener-failed', message: `A listener failed on ${message}` };
      // One that fails on warnings would only fail again on this one.
      if (name === 'run-warning') add(warning);
      else warn(warning);
    });
  };
  const warn: RunContext['warn'] = (warning, part) => {
    const added = add(part && !warning.part ? { ...warning, part } : warning);
    if (added) emit('run-warning', { warning: added });
  };
  return {
    runId,
    call: {
      signal: controller.signal,
      deadline: timeoutMs === undefined ? undefined : clock.now() + timeoutMs,
      clock,
      log: cleanLog(log),
    },
    warnings,
    emit,
    warn,
    close() {
      over.abort();
      signal?.removeEventListener('abort', onAbort);
    },
  };
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
  if (ComfygenError.is(error)) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new ComfygenError('PART_FAILED', `${part.role} ${part.name} failed: ${message}`, {
    part,
    cause: error,
  });
}
