import { getEventListeners } from 'node:events';
import { createCallContext } from '../../packages/core/src/plugin.ts';
import { comfyui } from '../../packages/executors/src/comfyui/index.ts';
import { filesOf, planOf } from '../harness/plan.ts';
import type { Open } from '../harness/types.ts';

/** `comfyui()` alone, as core drives it: submit, watch, and inspect for the truth; no download. */
export const open: Open = async ([url]) => {
  const executor = comfyui({ url });
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
};
