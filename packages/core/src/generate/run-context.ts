import { ComfygenError } from '../errors/comfygen-error.ts';
import type { CallContext, Clock, Log, PartRef, Warning } from '../spec/index.ts';
import type { ComfyGenEvents, EmitEvent, EventName } from './events.ts';

/** What every stage of one run shares. */
export interface RunContext {
  runId: string;
  call: CallContext;
  warnings: Warning[];
  /** Adds the run's id and the time. */
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
  if (timeoutMs !== undefined && !(timeoutMs > 0 && Number.isFinite(timeoutMs))) {
    throw new ComfygenError('INVALID_OPTIONS', `timeoutMs must be above 0; got ${timeoutMs}.`);
  }
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
  const emit: RunContext['emit'] = (name, event) => {
    settings.emit(name, { ...event, runId, at: clock.now() } as ComfyGenEvents[typeof name]);
  };
  return {
    runId,
    call: {
      signal: controller.signal,
      deadline: timeoutMs === undefined ? undefined : clock.now() + timeoutMs,
      clock,
      log,
    },
    warnings,
    emit,
    warn(warning, part) {
      const full = part && !warning.part ? { ...warning, part } : warning;
      const same = warnings.some((w) => w.code === full.code && w.message === full.message);
      if (same) return;
      warnings.push(full);
      emit('run-warning', { warning: full });
    },
    close() {
      over.abort();
      signal?.removeEventListener('abort', onAbort);
    },
  };
}

/** The promise's outcome, or the signal's reason as soon as it aborts: a part that ignores its signal holds nobody up. */
export function settleBy<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    if (signal.aborted) return onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    const done = () => signal.removeEventListener('abort', onAbort);
    Promise.resolve().then(work).then(resolve, reject).finally(done);
  });
}
