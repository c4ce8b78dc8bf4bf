import { pool } from '@comfygen/executors/pool';
import { ComfygenError, createCallContext, type ExecutorV1, wrapExecutor } from 'comfygen/plugin';
import { createTestClock } from 'comfygen/testing';
import { describe, expect, it } from 'vitest';
import { codesOf, planFor } from './bench.ts';
import { createSimMember, type SimOptions } from './sim-member.ts';

type Upload = NonNullable<ExecutorV1['upload']>;

/** A pool of simulated servers, each of which keeps the names of what was uploaded to it. */
function open(servers: (Omit<SimOptions, 'clock'> & { upload?: Upload | null })[]) {
  const clock = createTestClock({ startMs: 0, waitsFor: 'turn' });
  const members = servers.map(({ upload, ...given }, at) => {
    const name = `server-${at}`;
    const stored: string[] = [];
    const member = createSimMember({ clock, name, ...given });
    const own: Upload = async (file, ctx) => {
      stored.push(file.name);
      return upload ? upload(file, ctx) : { name: `${name}/${file.name}`, warnings: [] };
    };
    const executor = wrapExecutor(member.executor, () => (upload === null ? {} : { upload: own }));
    return { ...member, executor, stored };
  });
  const executor = pool({ executors: members.map((one) => one.executor) });
  const call = () => ({ ...createCallContext({ clock }), onRef: async () => {} });
  const bytes = new Uint8Array([1]);
  const file = { node: 'photo', input: 'image', name: 'a.png', mediaType: 'image/png' };
  const plan = () => {
    const own = planFor();
    own.workflow['photo'] = { class_type: 'LoadImage', inputs: { image: 'a.png' } };
    return { ...own, files: [{ ...file, hash: 'sha256:a', bytes }] };
  };
  const submit = () => clock.run(executor.submit(plan(), call()));
  const end = async (ref: Awaited<ReturnType<typeof submit>>) => {
    for (;;) {
      const snapshot = await clock.run(executor.inspect(ref, call()));
      if (['succeeded', 'failed'].includes(snapshot.state)) return snapshot;
      await clock.run(clock.sleep(500));
    }
  };
  const graphs = () =>
    members.map(({ log }) => log.accepted.map((one) => one.workflow['photo']!.inputs['image']));
  return { clock, members, executor, plan, submit, end, graphs, call };
}

describe('a job with a picture', () => {
  it('has it stored on the member that gets the job, once for all jobs', async () => {
    const { members, executor, submit, graphs } = open([{}, {}]);
    expect(executor.supports.files).toBe(true);
    await Promise.all([submit(), submit()]);
    await submit();
    expect(members.map(({ stored }) => stored)).toEqual([['a.png'], ['a.png']]);
    expect(graphs().flat().toSorted()).toEqual([
      'server-0/a.png',
      'server-0/a.png',
      'server-1/a.png',
    ]);
    expect(members.flatMap(({ log }) => log.submits).some((plan) => plan.files)).toBe(false);
    await executor.dispose?.();
  });

  it('takes it along to the member that it moves to', async () => {
    const { clock, members, executor, submit, end, graphs } = open([{}, {}]);
    const ref = await submit();
    await clock.run(clock.sleep(200));
    members[0]!.restart();
    const snapshot = await end(ref);
    expect(snapshot.state).toBe('succeeded');
    expect(codesOf(snapshot.warnings)).toEqual(['job-rerun']);
    expect(graphs()).toEqual([['server-0/a.png'], ['server-1/a.png']]);
    await executor.dispose?.();
  });

  it('goes to another member where one can’t store it, and nothing was submitted there', async () => {
    const full: Upload = async () => {
      throw new ComfygenError('HOST_FAULT', 'the disk is full');
    };
    const { members, executor, submit, graphs } = open([{ upload: full }, {}]);
    await submit();
    expect(members[0]!.log.submits).toEqual([]);
    expect(graphs()).toEqual([[], ['server-1/a.png']]);
    await executor.dispose?.();
  });

  it('goes to members that take files alone', async () => {
    const { executor, submit, graphs } = open([{ upload: null }, {}]);
    await Promise.all([submit(), submit()]);
    expect(graphs()).toEqual([[], ['server-1/a.png', 'server-1/a.png']]);
    await executor.dispose?.();

    const none = open([{ upload: null }]);
    expect(none.executor.supports.files).toBe(false);
    await expect(none.submit()).rejects.toMatchObject({ code: 'MISSING_INPUT' });
    await none.executor.dispose?.();
  });

  it('has it stored again where the member has lost it, once', async () => {
    let fault: 'MISSING_INPUT' | undefined;
    const onSubmit = () => {
      if (fault === undefined) return undefined;
      fault = undefined;
      return { error: 'MISSING_INPUT' as const };
    };
    const { members, executor, submit } = open([{ onSubmit }]);
    await submit();
    fault = 'MISSING_INPUT';
    await submit();
    expect(members[0]!.stored).toEqual(['a.png', 'a.png']);
    await executor.dispose?.();

    const gone = open([{ onSubmit: () => ({ error: 'MISSING_INPUT' }) }]);
    await expect(gone.submit()).rejects.toMatchObject({ code: 'MISSING_INPUT' });
    expect(gone.members[0]!.stored).toEqual(['a.png', 'a.png']);
    await gone.executor.dispose?.();
  });
});
