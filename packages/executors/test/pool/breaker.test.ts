import { describe, expect, it } from 'vitest';
import { openSim, planFor } from './bench.ts';
import type { SimFault } from './sim-member.ts';

describe('the breakers of a pool', () => {
  it('open for a member that refuses connections, and close once it is back', async () => {
    const sim = openSim([{ name: 'one' }, { name: 'two' }]);
    await sim.run(sim.play());
    sim.members[0]!.kill();
    await sim.run(Promise.all(Array.from({ length: 4 }, () => sim.play())));
    expect(sim.status('one')).toMatchObject({ breaker: 'open', reason: { code: 'UNAVAILABLE' } });
    expect(sim.status('two').accepted).toBe(4);

    const probes = sim.members[0]!.log.inspects;
    await sim.wait(6_000);
    await sim.run(sim.play());
    expect(sim.members[0]!.log.inspects).toBeGreaterThan(probes);
    const { probeAt } = sim.status('one');
    expect(probeAt! - sim.clock.now(), 'left alone for longer').toBeGreaterThan(5_000);

    sim.members[0]!.start();
    await sim.wait(20_000);
    await sim.run(Promise.all(Array.from({ length: 8 }, () => sim.play())));
    expect(sim.status('one').breaker).toBe('closed');
    expect(sim.status('one').accepted).toBeGreaterThan(1);
    expect(sim.status('one').reason).toBeUndefined();
    expect((await sim.close()).sleeping).toBe(0);
  });

  it('half open, let one job through', async () => {
    let payments = 1;
    const onSubmit = (): SimFault | undefined =>
      payments-- > 0 ? { error: 'PAYMENT' } : undefined;
    const sim = openSim([
      { name: 'one', onSubmit },
      { name: 'two', runMs: 60_000 },
    ]);
    await sim.run(sim.executor.submit(planFor(), sim.call()));
    expect(sim.status('one')).toMatchObject({ breaker: 'open', reason: { code: 'PAYMENT' } });
    await sim.wait(6_000);
    const runs = Array.from({ length: 6 }, () => sim.play());
    await sim.wait(900);
    expect(sim.status('one')).toMatchObject({ breaker: 'half-open', inFlight: 1 });
    await sim.run(Promise.all(runs));
    expect(sim.status('one')).toMatchObject({
      breaker: 'closed',
      succeeded: 6 - 1 + 1 - sim.status('two').succeeded,
    });
    await sim.close();
  });

  it('open after failures in a row, which successes interrupt', async () => {
    const outcomes = ['bad', 'bad', 'good', 'bad', 'bad', 'bad'];
    const onSubmit = (): SimFault | undefined =>
      outcomes.shift() === 'bad' ? { error: 'SUBMIT_UNKNOWN' } : undefined;
    const sim = openSim([{ name: 'one', onSubmit }]);
    const states: string[] = [];
    for (let at = 0; at < 6; at += 1) {
      await sim.run(sim.play().catch(() => {}));
      states.push(sim.status('one').breaker);
    }
    expect(states).toEqual(['closed', 'closed', 'closed', 'closed', 'closed', 'open']);
    await sim.close();
  });

  it('give the reason at once where only a person can help', async () => {
    const sim = openSim([{ name: 'one', onSubmit: () => ({ error: 'AUTH' }) }]);
    await expect(sim.submit()).rejects.toMatchObject({ code: 'AUTH' });
    await expect(sim.submit()).rejects.toMatchObject({ code: 'AUTH' });
    expect(sim.members[0]!.log.submits.length).toBe(1);
    await sim.close();
  });

  it('keep jobs waiting for the pool’s patience while all are down, and not longer', async () => {
    const sim = openSim([{ name: 'one' }], { patienceMs: 20_000 });
    sim.members[0]!.kill();
    const at = sim.clock.now();
    const error = await sim.submit().catch((caught) => caught);
    expect(error).toMatchObject({ code: 'UNAVAILABLE', retryable: true });
    expect(error.retryAfterMs).toBeGreaterThan(0);
    expect(sim.clock.now() - at).toBeGreaterThanOrEqual(20_000);
    expect(sim.clock.now() - at).toBeLessThan(26_000);

    const waiting = sim.play();
    await sim.wait(10_000);
    sim.members[0]!.start();
    expect((await sim.run(waiting)).snapshot.state).toBe('succeeded');
    expect((await sim.close()).sleeping).toBe(0);
  });

  it('open for a wedged server; its job is not run elsewhere, since it may still run', async () => {
    const sim = openSim([
      {
        name: 'one',
        fails: () => false,
        onInspect: () => undefined,
      },
      { name: 'two' },
    ]);
    const inspect = sim.members[0]!.executor.inspect;
    sim.members[0]!.executor.inspect = async (ref, ctx) => {
      const snapshot = await inspect(ref, ctx);
      if (snapshot.state !== 'running') return snapshot;
      const failure = { code: 'SERVER_WEDGED', message: 'wedged', retryable: true };
      return { ...snapshot, state: 'failed', rawState: 'wedged', failure };
    };
    const { snapshot } = await sim.run(sim.play());
    expect(snapshot.failure?.code).toBe('SERVER_WEDGED');
    expect(sim.status('one')).toMatchObject({ breaker: 'open', reason: { code: 'SERVER_WEDGED' } });
    expect(sim.members[1]!.log.submits).toEqual([]);
    await sim.close();
  });
});
