import { createCallContext, type Log } from 'comfygen/plugin';
import { describe, expect, it } from 'vitest';
import { planOf } from '../comfyui/graphs.ts';
import { createHost, type ServiceUnderTest } from './service.ts';

const METHODS = { cancel: 'cancel', upload: 'upload', inventory: 'inventory' } as const;

/** Cases 44 and 45. */
export function hygieneCases(service: ServiceUnderTest): void {
  const { open, secret, submitRoute, inspectRoute, fileRoute } = service;
  describe('hygiene', () => {
    it('44: the key shows up nowhere, whatever goes wrong', async () => {
      const bench = await open();
      const { clock, executor, api, files, submit } = bench;
      const seen: unknown[] = [];
      const note = (...args: unknown[]) => void seen.push(args);
      const log: Log = { debug: note, info: note, warn: note };
      const ctx = { ...createCallContext({ clock, log }), onRef: async () => {} };
      const keep = (work: Promise<unknown>) =>
        clock.run(
          work.then(
            (value) => void seen.push(value),
            (error: Error) => void seen.push(error, error.stack, error.cause, `${error.cause}`),
          ),
        );
      // A service that says back what it was told.
      const body = { error: `bad key ${secret}`, message: `Bearer ${secret}`, detail: [secret] };
      for (const status of [200, 400, 401, 422, 429, 500])
        api.faults.add(submitRoute, { kind: 'status', status, body });
      for (let left = 6; left > 0; left -= 1) await keep(executor.submit(planOf(), ctx));
      const ref = await submit();
      const { outputs } = await bench.end(ref);
      api.faults.add(inspectRoute, { kind: 'status', status: 403, body: `no: ${secret}` });
      await keep(executor.inspect(ref, ctx));
      files.faults.add(fileRoute, { kind: 'status', status: 401, body });
      await keep(executor.download(outputs[0]!, ref, ctx));
      const failing = { ...bench.show(ref.id), error: secret, output: { error: secret } };
      for (const status of ['failed', 'ERROR']) {
        const shown = { ...failing, status };
        api.faults.add(inspectRoute, { kind: 'status', status: 200, body: shown });
        await keep(executor.inspect(ref, ctx));
      }
      await api.stop();
      await keep(executor.submit(planOf(), ctx));
      await keep(executor.inspect(ref, ctx));
      await api.start();
      seen.push(ref, await bench.end(ref));
      const texts = seen.map((one) => `${String(one)} ${JSON.stringify(one)}`);
      expect(texts.length).toBeGreaterThan(15);
      expect(texts.filter((text) => text.includes(secret))).toEqual([]);
    });

    it('44: nor in the events and the record of a run', async () => {
      const bench = await open();
      const host = createHost(bench);
      const seen: unknown[] = [];
      const { events } = host;
      events.on('execute-start', (event) => void seen.push(event));
      events.on('execute-progress', (event) => void seen.push(event));
      events.on('execute-end', (event) => void seen.push(event));
      events.on('run-warning', (event) => void seen.push(event));
      const { record, warnings } = await bench.clock.run(host.generate('a red apple'));
      seen.push(record, warnings);
      expect(JSON.stringify(seen)).not.toContain(secret);
    });

    it('45: what is declared is there, and nothing else', async () => {
      const { executor } = await open();
      for (const [declared, method] of Object.entries(METHODS)) {
        const has = typeof executor[method] === 'function';
        expect(has, method).toBe(executor.supports[declared as keyof typeof METHODS]);
      }
      expect(executor.supports.progress).toBe(executor.watch !== undefined);
    });
  });
}
