import { ComfygenError } from 'comfygen/plugin';
import { describe, expect, it } from 'vitest';
import { openSim, planFor } from './bench.ts';
import type { SimFault } from './sim-member.ts';

const CLEAN = (servers: number) => ({ sleeping: 0, listening: Array(servers).fill(0) });

describe('where a pool puts a job', () => {
  it('keeps a checkpoint on its server', async () => {
    const checkpoints = ['a.safetensors', 'b.safetensors'];
    const server = { checkpoints, runMs: 1_000, loadMs: 8_000 };
    const sim = openSim([
      { name: 'one', ...server },
      { name: 'two', ...server },
    ]);
    for (let round = 0; round < 10; round += 1)
      await sim.run(Promise.all(checkpoints.map((file) => sim.play(planFor(file)))));
    expect(sim.members.map(({ log }) => log.loads)).toEqual([['a.safetensors'], ['b.safetensors']]);
    expect(sim.status('two').loaded).toEqual(['b.safetensors']);
    expect(await sim.close()).toEqual(CLEAN(2));
  });

  it('loads a checkpoint a second time where that is quicker than to wait', async () => {
    const server = { runMs: 4_000, loadMs: 1_000 };
    const sim = openSim([
      { name: 'one', ...server },
      { name: 'two', ...server },
    ]);
    for (let round = 0; round < 3; round += 1)
      await sim.run(Promise.all(Array.from({ length: 8 }, () => sim.play())));
    expect(sim.members.map(({ log }) => log.accepted.length)).toEqual([12, 12]);
    await sim.close();
  });

  it('never sends a job to a member without the model', async () => {
    const sim = openSim([
      { name: 'one' },
      { name: 'two', checkpoints: ['model.safetensors', 'rare.safetensors'] },
    ]);
    const rare = Array.from({ length: 20 }, () => sim.play(planFor('rare.safetensors')));
    const common = Array.from({ length: 20 }, () => sim.play());
    await sim.run(Promise.all([...rare, ...common]));
    const wanted = sim.members[0]!.log.submits.map(
      ({ workflow }) => workflow['loader']!.inputs['ckpt_name'],
    );
    expect(wanted.length).toBeGreaterThan(5);
    expect(new Set(wanted)).toEqual(new Set(['model.safetensors']));
    await sim.close();
  });

  it('refuses at once what no member can run, saying what each lacks', async () => {
    const sim = openSim([{ name: 'one' }, { name: 'two' }]);
    const model = await sim.submit(planFor('none.safetensors')).catch((error) => error);
    expect(model).toMatchObject({ code: 'MISSING_MODEL' });
    expect(model.message).toContain('one lacks none.safetensors; two lacks none.safetensors');
    const plan = planFor();
    plan.workflow['save']!.class_type = 'NoSuchNode';
    await expect(sim.submit(plan)).rejects.toMatchObject({ code: 'MISSING_NODE' });
    expect(sim.members.flatMap(({ log }) => log.submits)).toEqual([]);
    await sim.close();
  });

  it('goes by speed: a server that is five times slower gets a fifth of the jobs', async () => {
    const sim = openSim([
      { name: 'fast', runMs: 1_000 },
      { name: 'slow', runMs: 5_000 },
    ]);
    await sim.run(Promise.all(Array.from({ length: 120 }, () => sim.play())));
    const [fast, slow] = sim.members.map(({ log }) => log.accepted.length);
    expect(fast! / slow!).toBeGreaterThan(4);
    expect(fast! / slow!).toBeLessThan(6.5);
    expect(sim.status('slow').runMs).toBeGreaterThan(4_500);
    await sim.close();
  });

  it('does the same again, given the same history', async () => {
    const play = async () => {
      const sim = openSim([
        { name: 'one', runMs: 900, loadMs: 3_000, checkpoints: ['a.safetensors', 'b.safetensors'] },
        {
          name: 'two',
          runMs: 1_100,
          loadMs: 2_000,
          checkpoints: ['a.safetensors', 'b.safetensors'],
        },
        { name: 'three', runMs: 4_000, checkpoints: ['b.safetensors'] },
      ]);
      const plans = Array.from({ length: 60 }, (_, at) =>
        planFor(at % 3 === 0 ? 'a.safetensors' : 'b.safetensors'),
      );
      await sim.run(Promise.all(plans.map((plan) => sim.play(plan))));
      await sim.close();
      const at = (id: string) => plans.findIndex((plan) => plan.id === id);
      return sim.members.map(({ log }) => log.accepted.map(({ id }) => at(id)));
    };
    expect(await play()).toEqual(await play());
  });

  it('starts jobs in their order on servers that are alike', async () => {
    const sim = openSim([{ name: 'one' }, { name: 'two' }]);
    const plans = Array.from({ length: 30 }, () => planFor());
    const started: number[] = [];
    const runs = plans.map(async (plan, at) => {
      const ref = await sim.executor.submit(plan, sim.call());
      started.push(at);
      await sim.follow(ref);
    });
    await sim.run(Promise.all(runs));
    expect(started).toEqual(started.toSorted((a, b) => a - b));
    await sim.close();
  });

  it('brings a job that was surely refused to another member, with one reference in the end', async () => {
    const faults: SimFault[] = [{ error: 'RATE_LIMITED', retryAfterMs: 60_000 }];
    const sim = openSim([{ name: 'one', onSubmit: () => faults.shift() }, { name: 'two' }]);
    const { ref, snapshot } = await sim.run(sim.play());
    expect(snapshot.state).toBe('succeeded');
    expect(ref.data).toMatchObject({ member: 'two' });
    expect(sim.refs.at(-1)).toEqual(ref);
    expect(sim.status('one').restUntil).toBeGreaterThan(60_000);
    expect(sim.executor.status()).toMatchObject({ submitted: 1, moved: 1, rerun: 0 });
    await sim.close();
  });

  it('moves no job whose submit may have been accepted', async () => {
    const faults: SimFault[] = [{ after: 'accept' }];
    const sim = openSim([{ name: 'one', onSubmit: () => faults.shift() }, { name: 'two' }]);
    await expect(sim.submit()).rejects.toMatchObject({ code: 'SUBMIT_UNKNOWN' });
    expect(sim.members.map(({ log }) => log.submits.length)).toEqual([1, 0]);
    // The reference that was handed out before finds it.
    expect((await sim.run(sim.follow(sim.refs[0]!))).state).toBe('succeeded');
    await sim.close();
  });

  it('throws what is wrong with the plan itself, once', async () => {
    const sim = openSim([
      { name: 'one', onSubmit: () => ({ error: 'INVALID_WORKFLOW' }) },
      { name: 'two' },
    ]);
    await expect(sim.submit()).rejects.toMatchObject({ code: 'INVALID_WORKFLOW' });
    expect(sim.members.map(({ log }) => log.submits.length)).toEqual([1, 0]);
    expect(sim.status('one').breaker).toBe('closed');
    await sim.close();
  });

  it('tries the others where one says that it lacks something, then says so', async () => {
    const sim = openSim([
      { name: 'one', onSubmit: () => ({ error: 'MISSING_INPUT' }) },
      { name: 'two', onSubmit: () => ({ error: 'MISSING_INPUT' }) },
    ]);
    const error = await sim.submit().catch((caught) => caught);
    expect(ComfygenError.is(error, 'MISSING_INPUT')).toBe(true);
    expect(sim.members.map(({ log }) => log.submits.length)).toEqual([1, 1]);
    await sim.close();
  });
});
