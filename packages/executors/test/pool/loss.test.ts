import { ComfygenError, type JobEvent, type JobFailure, type JobRef } from 'comfygen/plugin';
import { describe, expect, it } from 'vitest';
import { codesOf, openSim, planFor } from './bench.ts';

describe('a job whose server lost it', () => {
  it('is run again elsewhere, once, under the same reference, and says so', async () => {
    const sim = openSim([{ name: 'one' }, { name: 'two' }]);
    const plan = planFor();
    const ref = await sim.submit(plan);
    const following = sim.follow(ref);
    await sim.wait(500);
    sim.members[0]!.restart();
    const snapshot = await sim.run(following);
    expect(snapshot.state).toBe('succeeded');
    expect(codesOf(snapshot.warnings)).toEqual(['job-rerun']);
    expect(snapshot.warnings[0]!.message).toContain('one lost job');
    expect(sim.members.map(({ log }) => log.accepted.length)).toEqual([1, 1]);
    const { bytes } = await sim.run(sim.executor.download(snapshot.outputs[0]!, ref, sim.call()));
    expect(new TextDecoder().decode(bytes)).toBe(sim.members[1]!.log.accepted[0]!.id);
    expect(await sim.run(sim.executor.inspect(ref, sim.call()))).toEqual(snapshot);
    expect(sim.executor.status()).toMatchObject({ rerun: 1, moved: 0 });

    // What was kept last leads another process to it, too.
    expect(sim.refs.at(-1)!.id).toBe(ref.id);
    const later = sim.another();
    expect((await sim.run(sim.follow(sim.refs.at(-1)!, later))).state).toBe('succeeded');
    expect((await sim.close()).sleeping).toBe(0);
  });

  it('counts as lost only once its server refused connections for long enough', async () => {
    const sim = openSim([{ name: 'one' }, { name: 'two' }], { lostAfterMs: 30_000 });
    const ref = await sim.submit(planFor());
    sim.members[0]!.kill();
    const look = () => sim.run(sim.executor.inspect(ref, sim.call()));
    await expect(look()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await sim.wait(29_000);
    await expect(look()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(sim.members[1]!.log.submits).toEqual([]);
    await sim.wait(1_000);
    expect(await look()).toMatchObject({ state: 'queued', rawState: 'moving' });
    expect((await sim.run(sim.follow(ref))).state).toBe('succeeded');
    expect(sim.members[1]!.log.accepted.length).toBe(1);
    await sim.close();
  });

  it('is not given up for two short outages, however far apart', async () => {
    const sim = openSim([{ name: 'one', runMs: 600_000 }, { name: 'two' }]);
    const ref = await sim.submit(planFor());
    const [server] = sim.members;
    let refuse = false;
    const { inspect } = server!.executor;
    server!.executor.inspect = async (own, ctx) => {
      if (refuse) throw new ComfygenError('UNAVAILABLE', 'one refuses connections.');
      return inspect(own, ctx);
    };
    const look = () => sim.run(sim.executor.inspect(ref, sim.call()).catch((error) => error));
    for (let outages = 0; outages < 5; outages += 1) {
      refuse = true;
      expect(await look()).toMatchObject({ code: 'UNAVAILABLE' });
      refuse = false;
      await sim.wait(40_000);
      if (outages > 0) expect(await look()).toMatchObject({ state: 'running' });
    }
    expect(sim.members[1]!.log.submits).toEqual([]);
    await sim.close();
  });

  it('is given up after so many losses, as lost', async () => {
    const servers = Array.from({ length: 4 }, (_, at) => ({ name: `server-${at}` }));
    const sim = openSim(servers, { maxReruns: 2, breakAfter: 10 });
    const ref = await sim.submit(planFor());
    const following = sim.follow(ref);
    for (let losses = 0; losses < 3; losses += 1) {
      await sim.wait(500);
      for (const member of sim.members) member.restart();
    }
    const snapshot = await sim.run(following);
    expect(snapshot).toMatchObject({ state: 'failed', failure: { code: 'JOB_LOST' } });
    expect(codesOf(snapshot.warnings)).toEqual(['job-rerun', 'job-rerun']);
    expect(sim.members.flatMap(({ log }) => log.accepted).length).toBe(3);
    expect(await sim.run(sim.executor.inspect(ref, sim.call()))).toEqual(snapshot);
    await sim.close();
  });

  it('goes on telling its events, with progress that never falls and one end', async () => {
    const sim = openSim([{ name: 'one' }, { name: 'two' }]);
    const ref = await sim.submit(planFor());
    const events: JobEvent[] = [];
    const watching = (async () => {
      for await (const event of sim.executor.watch!(ref, sim.call())) events.push(event);
    })();
    const following = sim.follow(ref);
    await sim.wait(500);
    sim.members[0]!.restart();
    await sim.run(Promise.all([watching, following]));
    const ends = events.filter(
      (event) => event.type === 'state' && ['succeeded', 'failed'].includes(event.state),
    );
    expect(ends).toEqual([{ type: 'state', state: 'succeeded' }]);
    expect(events.at(-1)).toEqual(ends[0]);
    expect(events.some((event) => event.type === 'warning')).toBe(true);
    expect((await sim.close()).listening).toEqual([0, 0]);
  });

  /** A pool whose first member fails each job that has begun in this way. */
  const openFailing = (failure: JobFailure, members = [{ name: 'one' }, { name: 'two' }]) => {
    const sim = openSim(members);
    const { inspect } = sim.members[0]!.executor;
    sim.members[0]!.executor.inspect = async (ref, ctx) => {
      const snapshot = await inspect(ref, ctx);
      if (snapshot.state === 'queued') return snapshot;
      return { ...snapshot, state: 'failed', rawState: 'failed', outputs: [], failure };
    };
    return sim;
  };

  it.each([
    [
      'was taken back',
      { code: 'SERVER_WEDGED', message: 'dead', retryable: true, takenBack: true },
    ],
    ['is too large for its server', { code: 'HOST_FAULT', message: 'no memory', retryable: false }],
  ])('and one that %s is run elsewhere, and says so', async (_, failure) => {
    const sim = openFailing(failure);
    const { snapshot } = await sim.run(sim.play());
    expect(snapshot.state).toBe('succeeded');
    expect(snapshot.warnings[0]!.message).toContain('one could not run job');
    expect(sim.members.map(({ log }) => log.accepted.length)).toEqual([1, 1]);
    await sim.close();
  });

  it('and one that is too large for the only server fails at once', async () => {
    const failure = { code: 'HOST_FAULT', message: 'no memory', retryable: false };
    const sim = openFailing(failure, [{ name: 'one' }]);
    const { snapshot } = await sim.run(sim.play());
    expect(snapshot.failure).toEqual(failure);
    expect(sim.members[0]!.log.accepted).toHaveLength(1);
    await sim.close();
  });

  it('is not run again where it was canceled', async () => {
    const sim = openSim([{ name: 'one', runMs: 60_000 }, { name: 'two' }]);
    const ref = await sim.submit(planFor());
    const canceled = await sim.run(sim.executor.cancel!(ref, sim.call()));
    expect(canceled.state).toBe('canceled');
    sim.members[0]!.restart();
    await sim.run(sim.executor.inspect(ref, sim.call()));
    expect(sim.members[1]!.log.submits).toEqual([]);
    await sim.close();
  });

  it('can be canceled while it waits to be run again', async () => {
    const sim = openSim([{ name: 'one', runMs: 10_000 }]);
    const ref = await sim.submit(planFor());
    sim.members[0]!.restart();
    sim.members[0]!.kill();
    for (const pause of [15_000, 16_000]) {
      await sim.run(sim.executor.inspect(ref, sim.call()).catch(() => {}));
      await sim.wait(pause);
    }
    expect(await sim.run(sim.executor.inspect(ref, sim.call()))).toMatchObject({
      rawState: 'moving',
    });
    const canceled = await sim.run(sim.executor.cancel!(ref, sim.call()));
    expect(canceled.state).toBe('canceled');
    expect(sim.executor.status().waiting).toBe(0);
    expect((await sim.close()).sleeping).toBe(0);
  });

  it('is only reported by a process that did not submit it', async () => {
    const sim = openSim([{ name: 'one' }, { name: 'two' }]);
    const ref: JobRef = JSON.parse(JSON.stringify(await sim.submit(planFor())));
    sim.members[0]!.restart();
    const later = sim.another();
    const snapshot = await sim.run(later.inspect(ref, sim.call()));
    expect(snapshot).toMatchObject({ state: 'failed', failure: { code: 'JOB_LOST' } });
    expect(sim.members[1]!.log.submits).toEqual([]);
    await sim.close();
  });
});
