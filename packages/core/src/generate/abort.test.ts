import { describe, expect, it } from 'vitest';
import { ComfygenError } from '../errors/comfygen-error.ts';
import { defineFlow } from '../library/define-flow.ts';
import type { JobEntry, RecordStore } from '../spec/index.ts';
import { memoryJobStore } from '../stores/memory-stores.ts';
import { scriptedBackend } from '../testing/reference/scripted-executor.ts';
import { backwards, byteWeight } from '../testing/reference/sound-parts.ts';
import { createTestGraph } from '../testing/test-flow.ts';
import { wrapExecutor, wrapScorer, wrapSelector } from '../util/wrap.ts';
import { createComfyGen } from './create-comfygen.ts';
import type { ComfyGenOptions } from './types.ts';

const never = () => new Promise<never>(() => {});

/** Where a run hangs, deaf to its signal, as the worst of parts would. */
type Stage =
  | 'inventory'
  | 'select'
  | 'submit'
  | 'inspect'
  | 'watch'
  | 'download'
  | 'score'
  | 'record'
  | 'store a reference';

/** A generator that hangs at one stage; `reached` resolves when it is there. */
function hangAt(stage: Stage) {
  let arrive = () => {};
  const reached = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  const hang = () => {
    arrive();
    return never();
  };
  const at = (wanted: Stage) => (stage === wanted ? { [wanted]: hang } : {});
  const { create, canceled } = scriptedBackend([stage === 'watch' ? 'hang' : 'succeed']);
  const executor = wrapExecutor(create(), (part) => ({
    ...at('inventory'),
    ...at('submit'),
    ...at('inspect'),
    ...at('download'),
    ...(stage === 'watch' && {
      async *watch(ref, ctx) {
        yield* part.watch!(ref, { ...ctx, signal: new AbortController().signal });
      },
      inspect: async (ref, ctx) => {
        const snapshot = await part.inspect(ref, ctx);
        if (snapshot.progress?.fraction === 0.6) arrive();
        return snapshot;
      },
    }),
  }));
  const records: RecordStore = {
    append: stage === 'record' ? hang : async () => {},
    get: async () => undefined,
    async *list() {},
  };
  const jobs = memoryJobStore();
  const options: ComfyGenOptions = {
    flows: [defineFlow({ id: 'one', workflow: createTestGraph() })],
    executor,
    selector: wrapSelector(backwards, () => at('select')),
    scorer: wrapScorer(byteWeight, () => at('score')),
    records,
    jobs: stage === 'store a reference' ? { ...jobs, put: hang } : jobs,
    // Only pauses between looks at a job pass at once; limits on cleaning up too.
    clock: {
      now: () => 0,
      async sleep(_ms, signal) {
        await new Promise((resolve) => setImmediate(resolve));
        signal?.throwIfAborted();
      },
    },
  };
  return { comfygen: createComfyGen(options), reached, canceled, jobs };
}

const STAGES: Stage[] = [
  'inventory',
  'select',
  'submit',
  'inspect',
  'watch',
  'download',
  'score',
  'record',
  'store a reference',
];

async function entriesOf(list: AsyncIterable<JobEntry>): Promise<JobEntry[]> {
  const entries: JobEntry[] = [];
  for await (const entry of list) entries.push(entry);
  return entries;
}

describe('abort while the run hangs', () => {
  it.each(STAGES)('at %s: rejects with the reason untouched, once', async (stage) => {
    const { comfygen, reached } = hangAt(stage);
    const stop = new AbortController();
    const reason = { any: 'value' };
    const ends: string[] = [];
    comfygen.events.on('run-end', ({ outcome }) => void ends.push(outcome));
    const run = comfygen.generate('a red apple', { seed: 1, signal: stop.signal });
    await Promise.race([reached, run]);
    stop.abort(reason);
    await expect(run).rejects.toBe(reason);
    expect(ends).toEqual(['aborted']);
  });

  it.each(STAGES)('at %s: dispose ends it', async (stage) => {
    const { comfygen, reached } = hangAt(stage);
    const run = comfygen.generate('a red apple', { seed: 1 }).catch((error: unknown) => error);
    await reached;
    await comfygen.dispose();
    expect(ComfygenError.is(await run, 'DISPOSED')).toBe(true);
  });

  it('cancels the job that runs and says so in the store', async () => {
    const { comfygen, reached, canceled, jobs } = hangAt('watch');
    const stop = new AbortController();
    const run = comfygen.generate('a red apple', { signal: stop.signal });
    await reached;
    stop.abort();
    await expect(run).rejects.toBe(stop.signal.reason);
    expect(canceled).toHaveLength(1);
    expect((await entriesOf(jobs.list())).map(({ state }) => state)).toEqual(['canceled']);
  });

  it('cancels a job that was accepted too late', async () => {
    const { create, canceled } = scriptedBackend(['hang']);
    let accept = () => {};
    const gate = new Promise<void>((resolve) => {
      accept = resolve;
    });
    const arrived = Promise.withResolvers<void>();
    const stopped = Promise.withResolvers<void>();
    const executor = wrapExecutor(create(), (part) => ({
      async submit(plan, ctx) {
        arrived.resolve();
        await gate;
        const deaf = new AbortController().signal;
        return part.submit(plan, { ...ctx, signal: deaf, onRef: async () => {} });
      },
      async cancel(ref, ctx) {
        const snapshot = await part.cancel!(ref, ctx);
        stopped.resolve();
        return snapshot;
      },
    }));
    const flows = [defineFlow({ id: 'one', workflow: createTestGraph() })];
    const comfygen = createComfyGen({ flows, executor });
    const stop = new AbortController();
    const run = comfygen.generate('a red apple', { signal: stop.signal });
    await arrived.promise;
    stop.abort(new Error('enough'));
    await expect(run).rejects.toThrow('enough');
    expect(canceled).toEqual([]);
    accept();
    await stopped.promise;
    expect(canceled).toHaveLength(1);
  });

  it('in a listener, after the last image: still rejects', async () => {
    const { create } = scriptedBackend(['succeed']);
    const flows = [defineFlow({ id: 'one', workflow: createTestGraph() })];
    const comfygen = createComfyGen({ flows, executor: create() });
    const stop = new AbortController();
    const reason = new Error('enough');
    comfygen.events.on('image-scored', () => stop.abort(reason));
    await expect(comfygen.generate('a', { signal: stop.signal })).rejects.toBe(reason);
  });
});
