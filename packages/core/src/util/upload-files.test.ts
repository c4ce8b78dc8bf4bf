import { describe, expect, it } from 'vitest';
import type { ExecutorV1, Plan, PlanFile } from '../spec/index.ts';
import { createTestClock } from '../testing/clock/test-clock.ts';
import { scriptedBackend } from '../testing/reference/scripted-executor.ts';
import { createTestPlan } from '../testing/test-plan.ts';
import { createCallContext } from './call-context.ts';
import { uploadAgain, uploadFiles } from './upload-files.ts';
import { wrapExecutor } from './wrap.ts';

type Upload = NonNullable<ExecutorV1['upload']>;
const executorWith = (upload: Upload) =>
  wrapExecutor(scriptedBackend(['succeed']).create(), () => ({ upload }));
const file = (hash: string, node = 'loader', input = 'ckpt_name'): PlanFile => ({
  ...{ node, input, hash, name: `${hash}.png`, mediaType: 'image/png' },
  bytes: new Uint8Array([1]),
});
const planOf = (...files: PlanFile[]): Plan => ({ ...createTestPlan(), files });
const call = (signal?: AbortSignal) => createCallContext(signal ? { signal } : {});

describe('uploadFiles', () => {
  it('writes each answered name into a copy of the graph, equal bytes sent once', async () => {
    const sent: string[] = [];
    const executor = executorWith(async ({ name }) => {
      sent.push(name);
      return { name: `at/${name}`, warnings: [{ code: 'said', message: name }] };
    });
    const plan = planOf(
      file('a'),
      file('b', 'save', 'filename_prefix'),
      file('a', 'positive', 'text'),
    );
    const before = structuredClone(plan);
    const { plan: ready, warnings } = await uploadFiles(executor, plan, call());
    expect(sent).toEqual(['a.png', 'b.png']);
    expect(warnings.map(({ message }) => message)).toEqual(['a.png', 'b.png', 'a.png']);
    expect(ready.workflow['loader']!.inputs['ckpt_name']).toBe('at/a.png');
    expect(ready.workflow['positive']!.inputs['text']).toBe('at/a.png');
    expect(ready.workflow['save']!.inputs['filename_prefix']).toBe('at/b.png');
    expect(ready).not.toHaveProperty('files');
    expect(plan).toEqual(before);
  });

  it('leaves a plan without files as it is', async () => {
    const { create } = scriptedBackend(['succeed']);
    const plan = createTestPlan();
    expect((await uploadFiles(create(), plan, call())).plan).toBe(plan);
    await expect(uploadFiles(create(), planOf(file('a')), call())).rejects.toMatchObject({
      code: 'UNSUPPORTED',
    });
  });

  it('is shared by all who wait, and stops with the last of them', async () => {
    let signal: AbortSignal | undefined;
    let sent = 0;
    const { promise: stored, resolve: store } = Promise.withResolvers<void>();
    const executor = executorWith(async ({ name }, ctx) => {
      sent += 1;
      signal = ctx.signal;
      await stored;
      return { name, warnings: [] };
    });
    const stops = [0, 1, 2].map(() => new AbortController());
    const waits = stops.map((stop) =>
      uploadFiles(executor, planOf(file('a')), call(stop.signal)).then(
        () => 'stored',
        (error: unknown) => error,
      ),
    );
    stops[0]!.abort('first');
    stops[1]!.abort('second');
    expect(await Promise.all(waits.slice(0, 2))).toEqual(['first', 'second']);
    expect([sent, signal?.aborted]).toEqual([1, false]);
    store();
    expect(await waits[2]).toBe('stored');

    const hung = executorWith((_file, ctx) => {
      signal = ctx.signal;
      return new Promise(() => {});
    });
    const stop = new AbortController();
    const last = uploadFiles(hung, planOf(file('a')), call(stop.signal));
    stop.abort('gone');
    await expect(last).rejects.toBe('gone');
    expect(signal?.aborted).toBe(true);
  });

  it('is made anew after a failure, after an hour, and where somebody says that it is lost', async () => {
    let sent = 0;
    const executor = executorWith(async ({ name }) => {
      sent += 1;
      if (sent === 1) throw new Error('broken');
      return { name, warnings: [] };
    });
    const clock = createTestClock();
    const plan = planOf(file('a'));
    const store = () => uploadFiles(executor, plan, createCallContext({ clock }));
    expect(uploadAgain(executor, plan)).toBe(false);
    await expect(store()).rejects.toThrow('broken');
    await store();
    await store();
    expect(sent).toBe(2);
    await clock.advance(3_600_001);
    await store();
    expect(sent).toBe(3);
    expect(uploadAgain(executor, plan)).toBe(true);
    await store();
    expect(sent).toBe(4);
  });
});
