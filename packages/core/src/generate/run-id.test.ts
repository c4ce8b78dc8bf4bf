import { describe, expect, it } from 'vitest';
import { ComfygenError } from '../errors/comfygen-error.ts';
import { defineFlow } from '../library/define-flow.ts';
import { instantClock } from '../testing/reference/instant-clock.ts';
import { type Script, scriptedBackend } from '../testing/reference/scripted-executor.ts';
import { createTestGraph } from '../testing/test-flow.ts';
import { wrapExecutor } from '../util/wrap.ts';
import { createComfyGen } from './create-comfygen.ts';
import type { RunEvent } from './events.ts';
import type { ComfyGenOptions } from './types.ts';

function setUp(scripts: readonly Script[] = ['succeed'], options: Partial<ComfyGenOptions> = {}) {
  const scripted = scriptedBackend(scripts);
  const flows = [defineFlow({ id: 'one', workflow: createTestGraph() })];
  const executor = scripted.create();
  const clock = instantClock();
  const comfygen = createComfyGen({ flows, executor, clock, maxRetries: 0, ...options });
  return { ...scripted, executor, comfygen };
}

const caught = (work: Promise<unknown>) =>
  work.then(
    () => expect.unreachable(),
    (error: unknown) => error as ComfygenError,
  );

describe('a run’s id', () => {
  it('is the caller’s in the result, the record, the plan and all events', async () => {
    const { comfygen, submitted } = setUp();
    const ids = new Set<string>();
    comfygen.events.on('run-end', ({ runId }) => ids.add(runId));
    const { runId, record } = await comfygen.generate('a fox', { runId: 'order-7.b_1' });
    expect([runId, record.runId, submitted[0]!.runId, ...ids]).toEqual(
      Array(4).fill('order-7.b_1'),
    );
  });

  it.each(['', 'a b', 'ä', '../x', 'x'.repeat(101), 7, null])('can’t be %j', async (runId) => {
    const { comfygen, submitted } = setUp();
    const error = await caught(comfygen.generate('a fox', { runId: runId as string }));
    expect([error.code, error.runId]).toEqual(['INVALID_OPTIONS', undefined]);
    expect(error.message).toContain('runId');
    expect(submitted).toEqual([]);
  });

  it('is of one run in flight at a time', async () => {
    const { comfygen } = setUp();
    const first = comfygen.generate('a fox', { runId: 'mine' });
    const second = await caught(comfygen.generate('a fox', { runId: 'mine' }));
    expect([second.code, second.runId]).toEqual(['INVALID_OPTIONS', undefined]);
    await first;
    expect((await comfygen.generate('a fox', { runId: 'mine' })).runId).toBe('mine');
  });

  it('tells three equal prompts at once apart', async () => {
    const { comfygen } = setUp(['succeed'], { concurrency: 3 });
    const ids = ['x', 'y', 'z'];
    const heard = new Map<string, RunEvent[]>(ids.map((id) => [id, []]));
    const all: string[] = [];
    comfygen.events.on('execute-progress', ({ runId }) => all.push(runId));
    const results = await Promise.all(
      ids.map((runId) =>
        comfygen.generate('a fox', { runId, onEvent: (event) => heard.get(runId)!.push(event) }),
      ),
    );
    for (const [place, id] of ids.entries()) {
      const events = heard.get(id)!;
      expect(new Set(events.map(({ runId }) => runId))).toEqual(new Set([id]));
      const ends = events.filter(({ type }) => type === 'run-start' || type === 'run-end');
      expect(ends.map(({ type }) => type)).toEqual(['run-start', 'run-end']);
      const own = events.flatMap((event) => ('planId' in event ? [event.planId] : []));
      expect(new Set(own)).toEqual(new Set([results[place]!.plan.id]));
    }
    expect(new Set(all)).toEqual(new Set(ids));
  });

  it('is carried by what fails, in the end event too, whoever threw it', async () => {
    const frozen = Object.freeze(new ComfygenError('AUTH', 'no key', { cause: new Error('why') }));
    const { comfygen } = setUp([{ refuse: frozen }]);
    const ends: unknown[] = [];
    const onEvent = (event: RunEvent) => event.type === 'run-end' && ends.push(event.error);
    const first = await caught(comfygen.generate('a fox', { runId: 'one', onEvent }));
    const second = await caught(comfygen.generate('a fox', { runId: 'two', onEvent }));
    expect([first.code, first.runId, second.runId]).toEqual(['AUTH', 'one', 'two']);
    expect(ends).toEqual([first, second]);
    expect([first.toJSON()['runId'], first.stack, first.rawCause()]).toEqual([
      'one',
      frozen.stack,
      frozen.rawCause(),
    ]);
    expect(frozen.runId).toBeUndefined();
  });

  it.each([
    ['a bad brief', (c: Host) => c.generate('', { runId: 'id' }), 'INVALID_BRIEF'],
    [
      'a bad option',
      (c: Host) => c.generate('a', { runId: 'id', flow: 7 as never }),
      'INVALID_OPTIONS',
    ],
    ['a plan', (c: Host) => c.plan('', { runId: 'id' }), 'INVALID_BRIEF'],
    ['a choice', (c: Host) => c.select('', { runId: 'id' }), 'INVALID_BRIEF'],
    ['no time', (c: Host) => c.generate('a fox', { runId: 'id', timeoutMs: 5 }), 'CLIENT_TIMEOUT'],
    ['a verdict', (c: Host) => c.feedback('id', { value: 1 }), 'NOT_FOUND'],
  ] as const)('is carried by the error of %s', async (_, work, code) => {
    const { comfygen } = setUp(['hang']);
    const error = await caught(work(comfygen));
    expect([error.code, error.runId]).toEqual([code, 'id']);
  });

  it('leaves the reason of the caller’s own abort as it is', async () => {
    const { comfygen } = setUp(['hang']);
    const stop = new AbortController();
    const reason = new ComfygenError('CANCELED', 'mine');
    const onEvent = ({ type }: RunEvent) => type === 'execute-running' && stop.abort(reason);
    const error = await caught(comfygen.generate('a', { onEvent, signal: stop.signal }));
    expect(error).toBe(reason);
    expect(error.runId).toBeUndefined();
  });

  it('is in the error of a generator that is gone, for each its own', async () => {
    const { comfygen } = setUp(['hang']);
    const runs = ['a', 'b'].map((runId) => caught(comfygen.generate('a fox', { runId })));
    await comfygen.dispose();
    runs.push(caught(comfygen.generate('a fox', { runId: 'late' })));
    const told = (await Promise.all(runs)).map(({ code, runId }) => `${code} ${runId}`);
    expect(told).toEqual(['DISPOSED a', 'DISPOSED b', 'DISPOSED late']);
  });
});

type Host = ReturnType<typeof createComfyGen>;

describe('onEvent', () => {
  it('that fails costs a warning, and neither the run nor other listeners', async () => {
    const { comfygen } = setUp();
    let heard = 0;
    comfygen.events.on('run-end', () => {
      heard += 1;
    });
    const onEvent = () => {
      throw new Error('no');
    };
    const { warnings } = await comfygen.generate('a fox', { onEvent });
    expect(heard).toBe(1);
    expect(warnings.find(({ code }) => code === 'listener-failed')?.message).toContain('no');
  });

  it('hears of a job that waits, for how long, and that it begins to run', async () => {
    const told: unknown[] = [];
    const { executor } = setUp();
    const states = [2, 2, 1, undefined];
    let looks = 0;
    const waits = wrapExecutor(executor, (part) => ({
      async *watch() {},
      async inspect(ref, ctx) {
        const queuePosition = states[looks++];
        const snapshot = await part.inspect(ref, ctx);
        if (looks > states.length) return snapshot;
        const state = queuePosition === undefined ? 'running' : 'queued';
        return { ...snapshot, state, queuePosition, outputs: [], progress: undefined };
      },
    }));
    const flows = [defineFlow({ id: 'one', workflow: createTestGraph() })];
    const comfygen = createComfyGen({ flows, executor: waits, clock: instantClock() });
    await comfygen.generate('a fox', {
      onEvent(event) {
        if (event.type === 'execute-queued') told.push([event.ahead, event.waitedMs]);
        if (event.type === 'execute-running') told.push(['runs', event.waitedMs]);
      },
    });
    const [first, second, runs] = told as [string | number, number][];
    expect(told.map((one) => (one as unknown[])[0])).toEqual([2, 1, 'runs']);
    expect(first![1]).toBeLessThan(second![1]);
    expect(second![1]).toBeLessThan(runs![1]);
  });

  it('of a job that is picked up again hears the run that submitted it', async () => {
    const { comfygen, submitted } = setUp();
    await comfygen.generate('a fox', { runId: 'mine' });
    const ids = new Set<string>();
    const onEvent = ({ runId }: RunEvent) => ids.add(runId);
    const { runId } = await comfygen.resume(submitted[0]!.id, { onEvent });
    expect([runId, ...ids]).toEqual(['mine', 'mine']);
  });
});
