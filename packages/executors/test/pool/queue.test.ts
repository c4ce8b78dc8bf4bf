import { pool } from '@comfygen/executors/pool';
import type { JobRef } from 'comfygen/plugin';
import { describe, expect, it } from 'vitest';
import { openSim, planFor } from './bench.ts';
import { createSimMember } from './sim-member.ts';

const errorOf = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('the queue of a pool', () => {
  it('refuses more than it may hold, saying when to come back', async () => {
    const sim = openSim([{ name: 'one' }], { maxQueue: 3 });
    await sim.run(sim.play());
    const runs = Array.from({ length: 7 }, () => errorOf(sim.play()));
    const outcomes = await sim.run(Promise.all(runs));
    // Two are on the server, three wait.
    const refused = outcomes.filter((outcome) => outcome !== undefined);
    expect(refused.length).toBe(2);
    for (const error of refused)
      expect(error).toMatchObject({ code: 'QUEUE_FULL', retryable: true, retryAfterMs: 1_000 });
    expect(sim.members[0]!.log.accepted.length).toBe(6);
    await sim.close();
  });

  it('holds no more jobs on a member than it may have', async () => {
    const sim = openSim([{ name: 'one' }, { name: 'two' }], {}, () => ({ concurrency: 1 }));
    let most = 0;
    const runs = Array.from({ length: 20 }, async () => {
      const ref = await sim.executor.submit(planFor(), sim.call());
      most = Math.max(most, ...sim.executor.status().members.map(({ inFlight }) => inFlight));
      await sim.follow(ref);
    });
    await sim.run(Promise.all(runs));
    expect(most).toBe(1);
    await sim.close();
  });

  it('gives the place of a job up that its caller no longer wants', async () => {
    const sim = openSim([{ name: 'one', runMs: 10_000 }], {}, () => ({ concurrency: 1 }));
    const first = sim.play();
    const stop = new AbortController();
    const reason = new Error('enough');
    await sim.wait(100);
    const second = errorOf(sim.executor.submit(planFor(), sim.call(stop.signal)));
    const third = sim.play();
    await sim.wait(100);
    expect(sim.executor.status().waiting).toBe(2);
    stop.abort(reason);
    expect(await sim.run(second)).toBe(reason);
    await sim.run(Promise.all([first, third]));
    expect(sim.members[0]!.log.submits.length).toBe(2);
    await sim.close();
  });

  it('does not wait for ever behind a job that nobody asks for', async () => {
    const sim = openSim([{ name: 'one' }], {}, () => ({ concurrency: 1 }));
    await sim.submit(planFor());
    expect((await sim.run(sim.play())).snapshot.state).toBe('succeeded');
    expect((await sim.close()).sleeping).toBe(0);
  });

  it('drains: what is in it runs to its end, more is refused', async () => {
    const sim = openSim([{ name: 'one' }, { name: 'two' }]);
    const abandoned = sim.submit(planFor());
    const runs = Array.from({ length: 9 }, () => sim.play());
    await abandoned;
    const draining = sim.executor.drain();
    await expect(sim.submit(planFor())).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await sim.run(draining);
    const { waiting, members, draining: told } = sim.executor.status();
    expect({ waiting, told, inFlight: members.map(({ inFlight }) => inFlight) }).toEqual({
      waiting: 0,
      told: true,
      inFlight: [0, 0],
    });
    const ends = await sim.run(Promise.all(runs));
    expect(ends.map(({ snapshot }) => snapshot.state)).toEqual(Array(9).fill('succeeded'));
    expect((await sim.close()).sleeping).toBe(0);
  });

  it('takes members in and lets them go while it runs', async () => {
    const sim = openSim([{ name: 'one' }, { name: 'two' }]);
    const runs = Array.from({ length: 20 }, () => sim.play());
    await sim.wait(1_500);
    const three = createSimMember({ clock: sim.clock, name: 'three' });
    sim.executor.add(three.executor);
    const before = sim.members[0]!.log.submits.length;
    const removing = sim.executor.remove('one');
    const ends = await sim.run(Promise.all(runs));
    await sim.run(removing);
    expect(ends.every(({ snapshot }) => snapshot.state === 'succeeded')).toBe(true);
    expect(sim.members[0]!.log.submits.length).toBe(before);
    expect(three.log.accepted.length).toBeGreaterThan(3);
    // Its jobs can still be read.
    const old = ends.find(({ ref }) => ref.data?.['member'] === 'one')!;
    expect((await sim.run(sim.executor.inspect(old.ref, sim.call()))).state).toBe('succeeded');
    await expect(sim.executor.remove('one')).rejects.toMatchObject({ code: 'INVALID_OPTIONS' });
    await sim.close();
    expect(three.disposed).toBe(true);
  });

  it('is settled by dispose: those who wait get DISPOSED', async () => {
    const sim = openSim([{ name: 'one', runMs: 60_000 }], {}, () => ({ concurrency: 1 }));
    await sim.submit(planFor());
    const waiting = errorOf(sim.executor.submit(planFor(), sim.call()));
    const draining = errorOf(sim.executor.drain());
    await sim.wait(10);
    await sim.executor.dispose!();
    expect(await sim.run(waiting)).toMatchObject({ code: 'DISPOSED' });
    expect(await sim.run(draining)).toMatchObject({ code: 'DISPOSED' });
    expect((await sim.close()).sleeping).toBe(0);
  });
});

describe('the references of a pool', () => {
  it('are plain JSON and name the member, for another process', async () => {
    const sim = openSim([{ name: 'one' }, { name: 'two' }]);
    const ref = await sim.submit(planFor());
    expect(ref).toMatchObject({ executor: 'pool', data: { member: 'one', executor: 'one' } });
    const copy: JobRef = JSON.parse(JSON.stringify(ref));
    expect(copy).toEqual(ref);
    const later = sim.another();
    const snapshot = await sim.run(sim.follow(copy, later));
    expect(snapshot.state).toBe('succeeded');
    const file = await sim.run(later.download(snapshot.outputs[0]!, copy, sim.call()));
    expect(file.bytes.length).toBeGreaterThan(0);
    await sim.close();
  });

  it('of a member that is not there say which', async () => {
    const sim = openSim([{ name: 'one' }]);
    const ref = await sim.submit(planFor());
    const strange = { ...ref, data: { ...ref.data, member: 'elsewhere' } };
    const error = await errorOf(sim.run(sim.another().inspect(strange, sim.call())));
    expect(error).toMatchObject({ code: 'MISSING_SETTING', details: { member: 'elsewhere' } });
    await sim.close();
  });
});

describe('what a pool promises', () => {
  it('is what all of its members can', () => {
    const clock = { now: () => 0, sleep: async () => {} };
    const one = createSimMember({ clock, name: 'one' }).executor;
    const sim = createSimMember({ clock, name: 'two', supports: { seed: false } });
    const { cancel: _, ...two } = sim.executor;
    const mixed = pool({ executors: [one, two] });
    expect(mixed.supports).toMatchObject({ progress: true, seed: false });
    expect(mixed.cancel).toBeUndefined();
    expect(() => pool({ executors: [one] }).add(two)).toThrow(/lacks cancel, seed/);
  });

  it('numbers executors that share a name, and refuses two members of one name', () => {
    const clock = { now: () => 0, sleep: async () => {} };
    const make = () => createSimMember({ clock, name: 'comfyui' }).executor;
    const names = pool({ executors: [make(), make()] })
      .status()
      .members.map(({ name }) => name);
    expect(names).toEqual(['comfyui-1', 'comfyui-2']);
    const twice = [
      { executor: make(), name: 'gpu' },
      { executor: make(), name: 'gpu' },
    ];
    expect(() => pool({ executors: twice })).toThrow(/called gpu/);
    expect(() => pool({ executors: [] })).toThrow(/executors must be a list of 1 or more/);
    expect(() => pool({ executors: [make()], maxQueu: 3 } as never)).toThrow(/maxQueu/);
  });

  it('lists what its members have together, and who did not answer', async () => {
    const sim = openSim([
      { name: 'one', checkpoints: ['a.safetensors'] },
      { name: 'two', checkpoints: ['b.safetensors'] },
      { name: 'three' },
    ]);
    sim.members[2]!.kill();
    const { models, catalogue, source } = await sim.run(sim.executor.inventory!(sim.call()));
    expect(models).toEqual({ checkpoints: ['a.safetensors', 'b.safetensors'] });
    expect(Object.keys(catalogue!)).toContain('KSampler');
    expect(source).toBe('a pool of one, two; no answer from three');
    await sim.close();
  });
});
