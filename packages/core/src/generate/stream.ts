import { ComfygenError } from '../errors/comfygen-error.ts';
import type { RunEvent } from './events.ts';
import type { Within } from './run-context.ts';
import type { GenerateResult } from './types.ts';

/** An event of a run, or its result, which comes last. */
export type StreamEvent =
  | RunEvent
  | {
      type: 'result';
      runId: string;
      /** Milliseconds since the epoch. */
      at: number;
      result: GenerateResult;
    };

/** The events of one run. `return` stops the run at once, also while an event is awaited, and resolves once it has. */
export interface RunStream extends AsyncIterableIterator<StreamEvent, undefined, undefined> {
  return(): Promise<IteratorResult<StreamEvent, undefined>>;
}

/** Of these the newest of a job tells all that the earlier ones did. */
const REPLACED = ['execute-progress', 'execute-preview'];

/** What a stream does once it is loaded. */
export type OpenStream = Omit<RunStream, typeof Symbol.asyncIterator>;

type Waiting = PromiseWithResolvers<IteratorResult<StreamEvent, undefined>>;

const DONE = { done: true, value: undefined } as const;

/**
 * The events of the run that `start` begins, each kept until it is asked for. Progress and previews that nobody has
 * asked for yet make room for newer ones, so that a slow reader costs no memory.
 */
export function streamRun(
  start: (own: Within) => Promise<GenerateResult>,
  now: () => number,
): OpenStream {
  const left = new AbortController();
  let unread: StreamEvent[] = [];
  let asking: Waiting[] = [];
  let run: Promise<void> | undefined;
  let failure: { error: unknown } | undefined;
  let isOver = false;

  const serve = () => {
    while (asking.length > 0 && (unread.length > 0 || isOver)) {
      const { resolve, reject } = asking.shift()!;
      const value = unread.shift();
      if (value) resolve({ done: false, value });
      else if (failure) reject(failure.error);
      else resolve(DONE);
      // What a run failed with is thrown once.
      if (!value) failure = undefined;
    }
  };
  const take = (event: StreamEvent) => {
    if (isOver) return;
    if (REPLACED.includes(event.type))
      unread = unread.filter((one) => one.type !== event.type || planOf(one) !== planOf(event));
    unread.push(event);
    serve();
  };
  const begin = () =>
    start({ onEvent: take, signal: left.signal })
      .then(
        (result) => take({ type: 'result', runId: result.runId, at: now(), result }),
        (error: unknown) => {
          failure = isOver ? undefined : { error };
        },
      )
      .then(() => {
        isOver = true;
        serve();
      });

  return {
    next() {
      const waiting: Waiting = Promise.withResolvers();
      asking.push(waiting);
      if (!isOver) run ??= begin();
      serve();
      return waiting.promise;
    },
    async return() {
      isOver = true;
      unread = [];
      failure = undefined;
      serve();
      asking = [];
      left.abort(new ComfygenError('CANCELED', 'Nobody follows the run any more.'));
      await run;
      return DONE;
    },
  };
}

const planOf = (event: StreamEvent) => ('planId' in event ? event.planId : undefined);
