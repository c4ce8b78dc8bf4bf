import { describe, expect, it } from 'vitest';
import { planOf } from '../comfyui/graphs.ts';
import { errorOf } from '../job-bench.ts';
import { createHost, type ServiceUnderTest, SLOW } from './service.ts';

/** Cases 20 to 24; 25 is that all of them run on a clock of their own. */
export function pollingCases(service: ServiceUnderTest): void {
  const { open, submitRoute, inspectRoute, fileRoute } = service;
  describe('polling and time', () => {
    it('20: looks that fail for a while are survived', async () => {
      const bench = await open(SLOW);
      const { clock, api } = bench;
      api.faults.add(
        inspectRoute,
        { kind: 'status', status: 500 },
        { kind: 'reset' },
        { kind: 'truncated' },
        { kind: 'html' },
        { kind: 'rate-limited', hint: 'seconds', ms: 1_000 },
      );
      const { images } = await clock.run(createHost(bench).generate('a red apple'));
      expect(images).toHaveLength(1);
      expect(api.count(submitRoute)).toBe(1);
    });

    it('20: beyond a minute they end it, once, and nothing is submitted again', async () => {
      const bench = await open(SLOW);
      const { clock, api } = bench;
      api.faults.always(inspectRoute, { kind: 'status', status: 500 });
      const error = await errorOf(clock.run(createHost(bench).generate('a red apple')));
      expect(error).toMatchObject({ code: 'HOST_FAULT', details: { mayStillRun: true } });
      expect(api.count(submitRoute)).toBe(1);
    });

    it('21: a job that the service twice does not know is lost; once may be a mistake', async () => {
      const { submit, inspect, api } = await open(SLOW);
      const ref = await submit();
      api.faults.add(inspectRoute, { kind: 'status', status: 404 });
      expect((await inspect(ref)).state).toBe('queued');
      const gone = await inspect({ ...ref, id: 'nobody' });
      expect(gone).toMatchObject({ state: 'failed', failure: { code: 'JOB_LOST' } });
    });

    it('22: a run that took too long leaves a reference that tells what became of it', async () => {
      const bench = await open(() => ({ stepMs: 10_000 }));
      const { clock, executor, api } = bench;
      const host = createHost(bench);
      let planId = '';
      host.events.on('execute-start', (event) => {
        planId = event.planId;
      });
      const error = await errorOf(clock.run(host.generate('a red apple', { timeoutMs: 5_000 })));
      expect(error.code).toBe('CLIENT_TIMEOUT');
      const resumed = clock.run(host.resume(planId));
      if (executor.supports.cancel) expect((await errorOf(resumed)).code).toBe('CANCELED');
      else expect((await resumed).images).toHaveLength(1);
      expect(api.count(submitRoute)).toBe(1);
    });

    it('23: an abort stops a submit, a pause and a download at once', async () => {
      const { executor, call, clock, api, files, play } = await open();
      const reason = new Error('enough');
      const { ref, snapshot } = await play();
      const work: [string, (signal: AbortSignal) => Promise<unknown>][] = [
        [submitRoute, (signal) => executor.submit(planOf(), call(signal))],
        [inspectRoute, (signal) => executor.inspect(ref, call(signal))],
        [fileRoute, (signal) => executor.download(snapshot.outputs[0]!, ref, call(signal))],
      ];
      for (const [route, start] of work) {
        for (const { faults } of [api, files]) faults.add(route, { kind: 'silence' });
        const stop = new AbortController();
        const working = start(stop.signal);
        working.catch(() => {});
        await clock.settle();
        stop.abort(reason);
        await expect(working).rejects.toBe(reason);
        expect(clock.sleeping).toBe(0);
      }
    });

    it('23: an aborted run tries to cancel once, where the service can', async () => {
      const bench = await open(() => ({ stepMs: 60_000 }));
      const { clock, api, executor } = bench;
      const stop = new AbortController();
      const running = createHost(bench).generate('a red apple', { signal: stop.signal });
      running.catch(() => {});
      await clock.advance(10_000);
      const reason = new Error('enough');
      stop.abort(reason);
      await expect(clock.run(running)).rejects.toBe(reason);
      const cancels = api.requests.filter(({ path }) => path.endsWith('/cancel'));
      expect(cancels).toHaveLength(executor.supports.cancel ? 1 : 0);
    });

    it('24: looks grow rare', async () => {
      const bench = await open(() => ({ stepMs: 150_000 }));
      const { clock, api } = bench;
      await clock.run(createHost(bench).generate('a red apple'));
      // Core looks each 5 s at the longest, or each 2 s beside a watch, which looks each 5 s.
      expect(api.count(inspectRoute)).toBeLessThan(600 / 5 + 600 / 2 + 600 / 5);
      expect(api.count(submitRoute)).toBe(1);
    });
  });
}
