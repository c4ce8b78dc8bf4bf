import { type ComfyuiOptions, comfyui } from '@comfygen/executors/comfyui';
import { type FakeComfyuiOptions, startFakeComfyui } from '@comfygen/executors/testing';
import type { ExecutorV1, JobEvent, JobRef, SubmitContext } from 'comfygen/plugin';
import { createCallContext } from 'comfygen/plugin';
import { createTestClock, createTestPlan } from 'comfygen/testing';

/** A fake server, an executor on it, and a clock that both go by. */
export async function openBench(given: FakeComfyuiOptions = {}, options: ComfyuiOptions = {}) {
  const clock = createTestClock();
  const fake = await startFakeComfyui({ clock, ...given });
  const executors: ExecutorV1[] = [];
  const another = (more: ComfyuiOptions = options) => {
    const one = comfyui({ url: fake.url, ...more });
    executors.push(one);
    return one;
  };
  const executor = another();
  const call = (signal?: AbortSignal): SubmitContext => ({
    ...createCallContext({ clock, ...(signal && { signal }) }),
    onRef: async () => {},
  });
  const submit = (plan = createTestPlan(), on = executor) => clock.run(on.submit(plan, call()));
  return {
    clock,
    fake,
    executor,
    another,
    call,
    submit,
    /** Looks as often as core does with events at hand, until the job is over. */
    end: (ref: JobRef, on = executor) =>
      clock.run(
        (async () => {
          for (;;) {
            const snapshot = await on.inspect(ref, call());
            if (['succeeded', 'failed', 'canceled', 'expired'].includes(snapshot.state))
              return snapshot;
            await clock.sleep(2_000);
          }
        })(),
      ),
    /** All events of a job until its watch ends. */
    async watch(ref: JobRef, on = executor) {
      const events: JobEvent[] = [];
      const watching = (async () => {
        for await (const event of on.watch!(ref, call())) events.push(event);
      })();
      return { events, watching };
    },
    async close() {
      await Promise.all(executors.map((one) => one.dispose?.()));
      await clock.settle();
      await fake.close();
    },
  };
}

export type Bench = Awaited<ReturnType<typeof openBench>>;
