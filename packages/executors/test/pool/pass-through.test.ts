import { pool } from '@comfygen/executors/pool';
import { ComfygenError, type ExecutorV1, wrapExecutor } from 'comfygen/plugin';
import { createTestClock } from 'comfygen/testing';
import { describe, expect, it } from 'vitest';
import { codesOf, planFor } from './bench.ts';
import { createSimMember } from './sim-member.ts';

const FILE = { name: 'cat.png', bytes: new Uint8Array([1]), mediaType: 'image/png' };

describe('what a pool passes on', () => {
  const open = (changes: ((part: ExecutorV1) => Partial<Omit<ExecutorV1, 'spec' | 'role'>>)[]) => {
    const clock = createTestClock({ startMs: 0, waitsFor: 'turn' });
    const members = changes.map((_, at) => createSimMember({ clock, name: `server-${at}` }));
    const executors = members.map(({ executor }, at) => wrapExecutor(executor, changes[at]!));
    const executor = pool({ executors });
    const call = () => ({
      signal: new AbortController().signal,
      deadline: undefined,
      clock,
      log: { debug() {}, info() {}, warn() {} },
      onRef: async () => {},
    });
    return { clock, members, executor, call };
  };
  const uploads = (upload: NonNullable<ExecutorV1['upload']>) => () => ({
    upload,
  });

  it('an upload to every member; one that does not have the file gets no job with it', async () => {
    const stored = async () => ({ name: 'cat.png', warnings: [] });
    const { clock, members, executor, call } = open([
      uploads(async () => {
        throw new ComfygenError('HOST_FAULT', 'the disk is full');
      }),
      uploads(stored),
      uploads(async () => ({ name: 'cat (1).png', warnings: [] })),
    ]);
    const { name, warnings } = await clock.run(executor.upload!(FILE, call()));
    expect(name).toBe('cat.png');
    expect(codesOf(warnings)).toEqual(['upload-incomplete', 'upload-incomplete']);
    const plan = planFor();
    plan.workflow['image'] = { class_type: 'LoadImage', inputs: { image: name } };
    const refs = await clock.run(
      Promise.all([0, 1].map(() => executor.submit({ ...plan, id: crypto.randomUUID() }, call()))),
    );
    expect(refs.map(({ data }) => data?.['member'])).toEqual(['server-1', 'server-1']);
    expect(members.map(({ log }) => log.submits.length)).toEqual([0, 2, 0]);
    await executor.dispose?.();
  });

  it('a webhook to the member that has the job', async () => {
    const hooks = (part: ExecutorV1) => ({
      parseWebhook: async ({ body }: { body: string }) => ({
        ref: { executor: part.name, id: body, submittedAt: 0 },
        snapshot: null,
      }),
    });
    const { clock, executor, call } = open([() => ({}), hooks, hooks]);
    expect(executor.parseWebhook).toBeTypeOf('function');
    const refs = await clock.run(
      Promise.all([0, 1, 2].map(() => executor.submit(planFor(), call()))),
    );
    const last = refs.find(({ data }) => data?.['member'] === 'server-2')!;
    const { ref, snapshot } = await executor.parseWebhook!({ headers: {}, body: last.id }, call());
    expect(ref).toEqual(last);
    expect(snapshot).toBeNull();
    await executor.dispose?.();
  });

  it('nothing to a server in whose queue others wait, while there is another one', async () => {
    const crowded = (part: ExecutorV1) => ({
      inspect: async (...args: Parameters<ExecutorV1['inspect']>) => ({
        ...(await part.inspect(...args)),
        state: 'queued' as const,
        queuePosition: 40,
      }),
    });
    const { clock, members, executor, call } = open([crowded, () => ({})]);
    const first = await clock.run(executor.submit(planFor(), call()));
    await clock.run(executor.inspect(first, call()));
    expect(executor.status().members[0]!.foreign).toBe(40);
    await clock.run(Promise.all([0, 1].map(() => executor.submit(planFor(), call()))));
    expect(members.map(({ log }) => log.submits.length)).toEqual([1, 2]);
    await executor.dispose?.();
  });

  it('the end of a submit that dispose cuts off', async () => {
    let cut = (_error: unknown) => {};
    const hanging = () => ({
      submit: () =>
        new Promise<never>((_, reject) => {
          cut = reject;
        }),
      dispose: async () => cut(new ComfygenError('DISPOSED', 'gone')),
    });
    const { clock, executor, call } = open([hanging, hanging]);
    const submitting = executor.submit(planFor(), call()).catch((error: unknown) => error);
    await clock.run(clock.sleep(100));
    await executor.dispose?.();
    expect(await clock.run(submitting)).toMatchObject({ code: 'DISPOSED' });
  });

  it('jobs to a member that no longer lists what it can run, by what it listed before', async () => {
    let reads = 0;
    const once = (part: ExecutorV1) => ({
      inventory: async (...args: [Parameters<NonNullable<ExecutorV1['inventory']>>[0]]) => {
        reads += 1;
        if (reads > 1) throw new ComfygenError('HOST_FAULT', 'no list today');
        return part.inventory!(...args);
      },
    });
    const { clock, executor, call } = open([once]);
    for (let minutes = 0; minutes < 10; minutes += 1) {
      const ref = await clock.run(executor.submit(planFor(), call()));
      await clock.run(clock.sleep(60_000));
      expect(await clock.run(executor.inspect(ref, call()))).toMatchObject({ state: 'succeeded' });
    }
    expect(reads).toBeLessThanOrEqual(11);
    expect(executor.status().members[0]!.breaker).toBe('closed');
    await executor.dispose?.();
  });

  it('a job without waiting for ever for a member that does not list what it can run', async () => {
    const silent = () => ({ inventory: () => new Promise<never>(() => {}) });
    const { clock, executor, call } = open([silent, () => ({})]);
    const ref = await clock.run(executor.submit(planFor(), call()));
    expect(ref.data).toMatchObject({ member: 'server-1' });
    expect(clock.now()).toBeLessThan(11_000);
    await executor.dispose?.();
    await new Promise<void>((resolve) => setImmediate(resolve));
    expect(clock.sleeping).toBe(0);
  });
});
