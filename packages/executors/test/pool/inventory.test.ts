import { describe, expect, it } from 'vitest';
import { openSim, planFor } from './bench.ts';

describe('a pool whose inventory was asked for', () => {
  it('holds no job up for a member that did not answer', async () => {
    const sim = openSim([{ name: 'one' }, { name: 'two' }]);
    sim.members[0]!.kill();
    await sim.run(sim.executor.inventory!(sim.call()));
    expect(sim.status('one')).toMatchObject({ breaker: 'open', reason: { code: 'UNAVAILABLE' } });
    const before = sim.clock.now();
    const ref = await sim.run(sim.executor.submit(planFor(), sim.call()));
    expect(ref.data).toMatchObject({ member: 'two' });
    expect(sim.clock.now() - before, 'virtual time').toBeLessThan(1_000);
    await sim.close();
  });
});
