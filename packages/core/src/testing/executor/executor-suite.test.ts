import { describe, expect, it } from 'vitest';
import { ComfygenError } from '../../errors/comfygen-error.ts';
import type { ExecutorV1, JobEvent, JobRef, JobSnapshot, Plan } from '../../spec/index.ts';
import { wrapExecutor } from '../../util/wrap.ts';
import { collectOutcomes, failedCases } from '../reference/collect-outcomes.ts';
import { type Script, scriptedBackend } from '../reference/scripted-executor.ts';
import { createTestGraph } from '../test-flow.ts';
import { executorSuite } from './executor-suite.ts';
import type { ExecutorScenario } from './scenario.ts';

const SCRIPTS: { readonly [Scenario in ExecutorScenario]?: Script } = {
  succeeds: 'succeed',
  runs: 'hang',
  fails: { fail: 'EXECUTION_FAILED' },
};
const NO_GRAPH = 'the scripted backend reads no more of a graph than its classes';
const cannot = {
  'many-outputs': NO_GRAPH,
  'missing-model': NO_GRAPH,
  'missing-input': NO_GRAPH,
};

function backend(scenario: ExecutorScenario) {
  const { create } = scriptedBackend([SCRIPTS[scenario] ?? 'succeed']);
  return { workflow: createTestGraph(), secrets: ['open-sesame'], create };
}

executorSuite({ describe, it }, { create: ({ create }) => create(), backend, cannot });

describe('through a wrapper that changes nothing', () => {
  const create = ({ create }: ReturnType<typeof backend>) => wrapExecutor(create(), () => ({}));
  executorSuite({ describe, it }, { create, backend, cannot });
});

type Breakage = (part: ExecutorV1) => Partial<Omit<ExecutorV1, 'spec' | 'role'>>;
const NAMED = 'says what it is: spec, role, name and a manifest of booleans';
const METHODS =
  'has the methods of every executor, those that its manifest needs, and else methods or nothing';
const never = () => new Promise<never>(() => {});
const supportsBut =
  (change: object): Breakage =>
  (part) => ({
    supports: { ...part.supports, ...change },
  });
/** Events changed on their way. */
const events =
  (change: (event: JobEvent) => JobEvent[]): Breakage =>
  (part) => ({
    async *watch(ref, ctx) {
      for await (const event of part.watch!(ref, ctx)) yield* change(event);
    },
  });
const snapshots =
  (change: (snapshot: JobSnapshot) => object): Breakage =>
  (part) => ({
    inspect: async (ref, ctx) => {
      const snapshot = await part.inspect(ref, ctx);
      return { ...snapshot, ...change(snapshot) };
    },
  });

/** Broken executors, each with the cases that must notice it (others may too). */
const BROKEN: [what: string, breakage: Breakage, noticedBy: string[]][] = [
  ['a name of two words', () => ({ name: 'My Executor' }), [NAMED]],
  ['a manifest of words', supportsBut({ resume: 'yes' }), [NAMED]],
  ['a manifest with a field that nobody knows', supportsBut({ seeds: true }), [NAMED]],
  ['a cancel that is a word', () => ({ cancel: 'later' }) as never, [METHODS]],
  ['events declared, no watch', () => ({ watch: undefined }) as never, [METHODS]],
  [
    'a catalogue without its own graph',
    () => ({ inventory: async () => ({ catalogue: {}, models: {}, source: 'x' }) }),
    ['lists what it can run'],
  ],
  [
    'an upload that keeps nothing',
    () => ({ upload: async ({ name }) => ({ name, warnings: [] }) }),
    ['is given the pictures of a brief where it can store them, and no such flow else'],
  ],
  [
    'a login page as image',
    () => ({
      download: async () => ({ bytes: new TextEncoder().encode('<html>'), mediaType: 'image/png' }),
    }),
    ['takes a plan to the bytes of a real image'],
  ],
  [
    'a media type that is not that of the bytes',
    (part) => ({
      download: async (...args) => ({ ...(await part.download(...args)), mediaType: 'image/webp' }),
    }),
    ['takes a plan to the bytes of a real image'],
  ],
  [
    'a key in its references',
    (part) => ({
      submit: async (plan, ctx) => ({
        ...(await part.submit(plan, ctx)),
        data: { url: 'http://127.0.0.1/?key=open-sesame' },
      }),
    }),
    ['gives references and snapshots as plain JSON, in its own name, without secrets'],
  ],
  [
    'a date in its snapshots',
    snapshots(() => ({ timings: { runMs: new Date() } })),
    ['gives references and snapshots as plain JSON, in its own name, without secrets'],
  ],
  [
    'outputs of nobody',
    snapshots(({ outputs }) => ({ outputs: outputs.map((o) => ({ ...o, nodeId: null })) })),
    ['numbers its outputs, and names their nodes where it says so'],
  ],
  [
    'a reference kept when all is done',
    (part) => ({
      async submit(plan, ctx) {
        const ref = await part.submit(plan, { ...ctx, onRef: async () => {} });
        for (let state = 'queued'; state === 'queued'; ) {
          await new Promise((resolve) => setImmediate(resolve));
          ({ state } = await part.inspect(ref, ctx));
        }
        void ctx.onRef(ref).catch(() => {});
        return ref;
      },
    }),
    [
      'hands out the reference before the job can exist',
      'starts nothing where the reference could not be kept',
    ],
  ],
  [
    'a plan that it writes to',
    (part) => ({
      async submit(plan, ctx) {
        const ref = await part.submit(plan, ctx);
        plan.workflow['save']!.inputs['filename_prefix'] = 'mine';
        return ref;
      },
    }),
    ['leaves the plan as it was'],
  ],
  [
    'outputs under a new name each time',
    snapshots(({ outputs }) => ({
      outputs: outputs.map((o) => ({ ...o, fileName: crypto.randomUUID() })),
    })),
    ['says the same of an ended job each time'],
  ],
  [
    'one buffer for all',
    (part) => {
      let kept: ReturnType<ExecutorV1['download']> | undefined;
      return {
        download: (...args) => {
          kept ??= part.download(...args);
          return kept;
        },
      };
    },
    ['downloads the same bytes again, whatever was done to the first'],
  ],
  [
    'a seed of its own',
    (part) => ({
      submit: (plan, ctx) => part.submit({ ...plan, hash: `sha256:${crypto.randomUUID()}` }, ctx),
    }),
    ['runs the seed of the graph'],
  ],
  [
    'the same job for everybody',
    (part) => {
      let last: Plan | undefined;
      return {
        async submit(plan, ctx) {
          last = plan;
          await Promise.resolve();
          return part.submit({ ...last, id: plan.id }, ctx);
        },
      };
    },
    ['does not mix two jobs that run at once'],
  ],
  [
    'jobs that only the submitter knows',
    (part) => {
      const own = new Set<string>();
      return {
        async submit(plan, ctx) {
          own.add(plan.id);
          return part.submit(plan, ctx);
        },
        async inspect(ref, ctx) {
          if (own.has(ref.id)) return part.inspect(ref, ctx);
          throw new ComfygenError('JOB_LOST', 'not mine');
        },
      };
    },
    ['goes on with a job of another process'],
  ],
  [
    'a second dispose that throws',
    () => {
      let disposed = false;
      return {
        async dispose() {
          if (disposed) throw new Error('again?');
          disposed = true;
        },
      };
    },
    ['may be disposed of twice, and then takes no more jobs'],
  ],
  [
    'jobs after dispose',
    () => ({ dispose: async () => {} }),
    ['may be disposed of twice, and then takes no more jobs'],
  ],
  [
    'two final states',
    events((event) => (event.type === 'state' ? [event, event] : [event])),
    ['ends its events with the final state, once'],
  ],
  [
    'progress that falls',
    events((event) =>
      event.type === 'progress' ? [event, { ...event, progress: { fraction: 0.1 } }] : [event],
    ),
    ['never lets progress fall, nor leave 0 to 1'],
  ],
  [
    'progress in per cent',
    events((event) =>
      event.type === 'progress' ? [{ ...event, progress: { fraction: 60 } }] : [event],
    ),
    ['never lets progress fall, nor leave 0 to 1'],
  ],
  [
    'no progress at all',
    events((event) => (event.type === 'progress' ? [] : [event])),
    ['never lets progress fall, nor leave 0 to 1'],
  ],
  [
    'events that never end',
    (part) => ({
      async *watch(ref, ctx) {
        yield* part.watch!(ref, ctx);
        await never();
      },
    }),
    [
      'ends its events with the final state, once',
      'ends its events at once for a job that is over',
    ],
  ],
  [
    'a watch that ends quietly when aborted',
    (part) => ({
      async *watch(ref, ctx) {
        try {
          yield* part.watch!(ref, ctx);
        } catch {}
      },
    }),
    ['rethrows the reason where a watch is aborted'],
  ],
  [
    'a failure without a reason',
    snapshots(() => ({ failure: undefined })),
    ['says why a job failed, with a code'],
  ],
  [
    'a failure with a code of its own',
    snapshots(({ failure }) => ({ failure: failure && { ...failure, code: 'OOPS' } })),
    ['says why a job failed, with a code'],
  ],
  [
    'unknown nodes left out',
    (part) => ({
      submit: (plan, ctx) => part.submit({ ...plan, workflow: createTestGraph() }, ctx),
    }),
    ['names a node class that the backend does not have'],
  ],
  [
    'unknown nodes refused without a name',
    (part) => ({
      submit: (plan, ctx) =>
        part.submit(plan, ctx).catch((error) => {
          ctx.signal.throwIfAborted();
          throw ComfygenError.is(error) ? new ComfygenError(error.code, 'no such node') : error;
        }),
    }),
    ['names a node class that the backend does not have'],
  ],
  [
    'broken graphs tried again',
    snapshots(({ failure }) => ({ failure: failure && { ...failure, retryable: true } })),
    ['does not want a plan tried again whose graph is at fault'],
  ],
  [
    'unknown jobs that are queued for ever',
    (part) => ({
      inspect: (ref, ctx) =>
        part.inspect(ref, ctx).catch((error): JobSnapshot => {
          if (!ComfygenError.is(error, 'JOB_LOST')) throw error;
          return { state: 'queued', rawState: '?', outputs: [], warnings: [] };
        }),
    }),
    ['calls an unknown job lost, without waiting for it'],
  ],
  [
    'a bare error for an unknown output',
    (part) => ({
      download: (output, ref, ctx) =>
        part.download(output, ref, ctx).catch((error) => {
          throw ComfygenError.is(error) ? new Error('HTTP 404') : error;
        }),
    }),
    ['refuses an output that no job made with an error of ours'],
  ],
  [
    'a cancel that does nothing',
    (part) => ({ cancel: (ref, ctx) => part.inspect(ref, ctx) }),
    ['cancels a job that has not ended', 'takes a second cancel of the same job'],
  ],
  [
    'a cancel of everything',
    (part) => {
      const refs: JobRef[] = [];
      return {
        async submit(plan, ctx) {
          const ref = await part.submit(plan, ctx);
          refs.push(ref);
          return ref;
        },
        async cancel(ref, ctx) {
          for (const one of refs) await part.cancel!(one, ctx);
          return part.inspect(ref, ctx);
        },
      };
    },
    ['cancels one of two jobs, not the other'],
  ],
  [
    'a cancel that takes ended jobs too',
    (part) => ({
      cancel: async (ref, ctx) => ({ ...(await part.cancel!(ref, ctx)), state: 'canceled' }),
    }),
    ['leaves an ended job as it is, its images too'],
  ],
  [
    'deaf to an aborted signal',
    (part) => {
      const deaf = { signal: new AbortController().signal };
      return {
        submit: (plan, ctx) => part.submit(plan, { ...ctx, ...deaf }),
        inspect: (ref, ctx) => part.inspect(ref, { ...ctx, ...deaf }),
      };
    },
    [
      'submits nothing under an aborted signal, and rethrows its reason',
      'rethrows the reason where a call is made under an aborted signal',
    ],
  ],
  [
    'an AbortError of its own',
    (part) => {
      const own = (signal: AbortSignal) => (error: unknown) => {
        throw signal.aborted ? new DOMException('aborted', 'AbortError') : error;
      };
      const late = async <T>(signal: AbortSignal, work: Promise<T>): Promise<T> => {
        const value = await work.catch(own(signal));
        await new Promise((resolve) => setImmediate(resolve));
        return signal.aborted ? own(signal)(undefined) : value;
      };
      return {
        submit: (plan, ctx) => late(ctx.signal, part.submit(plan, ctx)),
        inspect: (ref, ctx) => late(ctx.signal, part.inspect(ref, ctx)),
      };
    },
    [
      'submits nothing under an aborted signal, and rethrows its reason',
      'settles a submit that is aborted on its way: accepted, or the reason',
      'settles reads that are aborted on their way: an answer, or the reason',
    ],
  ],
];

describe('the suite notices', () => {
  const caught = new Set<string>();
  const withoutNumber = (name: string) => name.replace(/^\d+: /, '');

  it.each(BROKEN)('%s', async (_what, breakage, noticedBy) => {
    const outcomes = await collectOutcomes((runner) =>
      executorSuite(runner, {
        create: ({ create }) => wrapExecutor(create(), breakage),
        backend,
        cannot,
        limitMs: 500,
      }),
    );
    const failed = failedCases(outcomes).map(withoutNumber);
    for (const name of failed) caught.add(name);
    expect(failed).toEqual(expect.arrayContaining(noticedBy));
  });

  it('something with every one of its cases', async () => {
    const outcomes = await collectOutcomes((runner) =>
      executorSuite(runner, { create: ({ create }) => create(), backend, cannot }),
    );
    const applied = [...outcomes.keys()].filter(
      // That this one can fail is shown in left-out.test.ts.
      (name) => outcomes.get(name) === 'passed' && !name.includes(' not apply: '),
    );
    expect(applied.length).toBeGreaterThan(25);
    const idle = applied.map(withoutNumber).filter((name) => !caught.has(name));
    expect(idle).toEqual([]);
  });
});
