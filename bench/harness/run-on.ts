import { getEventListeners } from 'node:events';
import type { ExecutorV1 } from '../../packages/core/src/index.ts';
import { createCallContext } from '../../packages/core/src/plugin.ts';
import { filesOf, planOf } from './plan.ts';
import type { Client } from './types.ts';

/** An executor of ours as core drives it: submit, watch, and inspect for the truth; no download. */
export function runOn(executor: ExecutorV1): Client {
  const { signal } = new AbortController();
  const ctx = { ...createCallContext({ signal }), onRef: async () => {} };
  return {
    async run(job) {
      const ref = await executor.submit(planOf(job), ctx);
      let over = false;
      const watching = (async () => {
        for await (const _ of executor.watch!(ref, ctx));
        over = true;
      })();
      for (;;) {
        const soon = new AbortController();
        const pause = ctx.clock.sleep(over ? 250 : 2_000, soon.signal).catch(() => {});
        await (over ? pause : Promise.race([watching, pause]));
        soon.abort();
        // A look that fails says nothing of the job.
        const snapshot = await executor.inspect(ref, ctx).catch(() => undefined);
        if (snapshot?.state === 'succeeded') return filesOf(snapshot);
        if (snapshot?.failure) throw new Error(snapshot.failure.message);
        if (snapshot?.state === 'canceled') throw new Error('canceled: interrupted');
      }
    },
    close: () => executor.dispose?.(),
    listeners: () => getEventListeners(signal, 'abort').length,
  };
}
