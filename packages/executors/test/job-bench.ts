import {
  ComfygenError,
  createCallContext,
  type ExecutorV1,
  type JobEvent,
  type JobRef,
  type JobSnapshot,
  type Plan,
  type SubmitContext,
} from 'comfygen/plugin';
import { createTestPlan, type TestClock } from 'comfygen/testing';
import { expect } from 'vitest';

const FINAL = ['succeeded', 'failed', 'canceled', 'expired'];

/** The steps that tests of a service's executor share; time is the clock's. */
export function createJobBench(executor: ExecutorV1, clock: TestClock) {
  const call = (signal?: AbortSignal): SubmitContext => ({
    ...createCallContext({ clock, ...(signal && { signal }) }),
    onRef: async () => {},
  });
  const bench = {
    call,
    submit: (plan: Plan = createTestPlan()) => clock.run(executor.submit(plan, call())),
    inspect: (ref: JobRef) => clock.run(executor.inspect(ref, call())),
    download: (snapshot: JobSnapshot, ref: JobRef, place = 0) =>
      clock.run(executor.download(snapshot.outputs[place]!, ref, call())),
    end: (ref: JobRef) =>
      clock.run(
        (async () => {
          for (;;) {
            const snapshot = await executor.inspect(ref, call());
            if (FINAL.includes(snapshot.state)) return snapshot;
            await clock.sleep(2_000);
          }
        })(),
      ),
    /** Submits and waits for the end. */
    async play(plan?: Plan) {
      const ref = await bench.submit(plan);
      return { ref, snapshot: await bench.end(ref) };
    },
    events: (ref: JobRef) =>
      clock.run(
        (async () => {
          const events: JobEvent[] = [];
          for await (const event of executor.watch!(ref, call())) events.push(event);
          return events;
        })(),
      ),
  };
  return bench;
}

/** What the promise rejects with, which must be an error of ours. */
export async function errorOf(promise: Promise<unknown>): Promise<ComfygenError> {
  const error = await promise.then(
    () => expect.unreachable('it did not reject'),
    (caught: unknown) => caught,
  );
  expect(ComfygenError.is(error), String(error)).toBe(true);
  return error as ComfygenError;
}

/** What the parts of a service's job bench are. */
export type JobBench = ReturnType<typeof createJobBench>;
