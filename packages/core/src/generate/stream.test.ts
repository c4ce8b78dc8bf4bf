import { describe, expect, it } from 'vitest';
import { ComfygenError } from '../errors/comfygen-error.ts';
import { defineFlow } from '../library/define-flow.ts';
import { instantClock } from '../testing/reference/instant-clock.ts';
import { type Script, scriptedBackend } from '../testing/reference/scripted-executor.ts';
import { createTestGraph } from '../testing/test-flow.ts';
import { createComfyGen } from './create-comfygen.ts';
import type { RunEvent } from './events.ts';
import { type StreamEvent, streamRun } from './stream.ts';
import type { GenerateResult } from './types.ts';

function setUp(scripts: readonly Script[] = ['succeed']) {
  const { create, submitted, canceled } = scriptedBackend(scripts);
  const flows = [defineFlow({ id: 'one', workflow: createTestGraph() })];
  const options = { flows, executor: create(), concurrency: 3, maxRetries: 0 };
  const comfygen = createComfyGen({ ...options, clock: instantClock() });
  return { comfygen, submitted, canceled };
}

async function collect(events: AsyncIterable<StreamEvent>): Promise<StreamEvent[]> {
  const all: StreamEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

describe('stream', () => {
  it('tells a run from its start to its result, all under one id', async () => {
    const { comfygen } = setUp();
    const all = await collect(comfygen.stream('a red apple', { runId: 'mine', seed: 1 }));
    expect(new Set(all.map(({ runId }) => runId))).toEqual(new Set(['mine']));
    expect([all[0]!.type, all.at(-2)!.type, all.at(-1)!.type]).toEqual([
      'run-start',
      'run-end',
      'result',
    ]);
    const last = all.at(-1)! as Extract<StreamEvent, { type: 'result' }>;
    expect(last.result.best.mediaType).toBe('image/png');
    expect(last.result.runId).toBe('mine');
    const times = all.map(({ at }) => at);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });

  it('throws what the run fails with, once, after the events that led to it', async () => {
    const { comfygen } = setUp([{ fail: 'EXECUTION_FAILED' }]);
    const stream = comfygen.stream('a red apple', { runId: 'bad' });
    const types: string[] = [];
    const reading = (async () => {
      for await (const { type } of stream) types.push(type);
    })();
    await expect(reading).rejects.toMatchObject({ code: 'EXECUTION_FAILED', runId: 'bad' });
    expect(types.at(-1)).toBe('run-end');
    expect(await stream.next()).toEqual({ done: true, value: undefined });
  });

  it('refuses options as generate does', async () => {
    const { comfygen } = setUp();
    const reading = comfygen.stream('a fox', { sede: 1 } as never).next();
    await expect(reading).rejects.toMatchObject({ code: 'INVALID_OPTIONS' });
  });

  it('stops the job of who leaves the loop', async () => {
    const { comfygen, submitted, canceled } = setUp(['hang']);
    let outcome: string | undefined;
    comfygen.events.on('run-end', (event) => {
      outcome = event.outcome;
    });
    for await (const { type } of comfygen.stream('a red apple'))
      if (type === 'execute-progress') break;
    expect([submitted.length, canceled, outcome]).toEqual([1, [submitted[0]!.id], 'aborted']);
  });

  it('lets go of who waits for the next event, and stops the run at once', async () => {
    const { comfygen, canceled } = setUp(['hang']);
    const stream = comfygen.stream('a red apple');
    for (let type = ''; type !== 'execute-running'; ) type = (await stream.next()).value!.type;
    const asked = Promise.all([1, 2, 3, 4].map(() => stream.next()));
    expect(await stream.return()).toEqual({ done: true, value: undefined });
    expect((await asked).at(-1)).toEqual({ done: true, value: undefined });
    expect(canceled).toHaveLength(1);
  });

  it('begins no run that nobody asks an event of', async () => {
    const { comfygen, submitted } = setUp();
    await comfygen.stream('a red apple').return();
    comfygen.stream('a red apple');
    await comfygen.dispose();
    expect(submitted).toEqual([]);
  });
});

describe('a slow reader', () => {
  const at = 0;
  const runId = 'r';
  const progress = (planId: string, fraction: number): RunEvent => {
    return { type: 'execute-progress', runId, at, planId, executor: 'e', fraction };
  };
  const warn = (code: string): RunEvent => {
    return { type: 'run-warning', runId, at, warning: { code, message: code } };
  };

  it('finds the newest progress of each job, and all else in its order', async () => {
    const { promise, resolve } = Promise.withResolvers<GenerateResult>();
    const stream = streamRun(
      ({ onEvent }) => {
        onEvent!(warn('first'));
        for (let step = 0; step < 10_000; step += 1) {
          onEvent!(progress('a', step / 10_000));
          if (step % 5_000 === 0) onEvent!(warn(`at ${step}`));
        }
        onEvent!(progress('b', 0.5));
        resolve({ runId } as GenerateResult);
        return promise;
      },
      () => at,
    );
    const first = await stream.next();
    await promise;
    const rest: unknown[] = [first.value];
    for (let next = await stream.next(); !next.done; next = await stream.next())
      rest.push(next.value);
    expect(rest).toEqual([
      warn('first'),
      warn('at 0'),
      warn('at 5000'),
      progress('a', 0.9999),
      progress('b', 0.5),
      { type: 'result', runId, at, result: { runId } },
    ]);
  });

  it('that comes after a failure gets what led to it first', async () => {
    const stream = streamRun(
      async ({ onEvent }) => {
        onEvent!(warn('first'));
        onEvent!(warn('second'));
        throw new ComfygenError('NO_FLOW', 'none');
      },
      () => at,
    );
    expect((await stream.next()).value).toEqual(warn('first'));
    expect((await stream.next()).value).toEqual(warn('second'));
    await expect(stream.next()).rejects.toMatchObject({ code: 'NO_FLOW' });
    expect((await stream.next()).done).toBe(true);
  });
});
