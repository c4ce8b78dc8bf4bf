import { type Pool, type PoolOptions, pool } from '@comfygen/executors/pool';
import {
  createCallContext,
  type JobRef,
  type JobSnapshot,
  type Plan,
  type SubmitContext,
  type Warning,
} from 'comfygen/plugin';
import { createTestClock, createTestGraph, createTestPlan } from 'comfygen/testing';
import { createSimMember, type SimMember, type SimOptions } from './sim-member.ts';

/** A plan for a checkpoint. */
export function planFor(checkpoint = 'model.safetensors', flowId = 'flow'): Plan {
  return createTestPlan(createTestGraph({ loader: { ckpt_name: checkpoint } }), { flowId });
}

/** Simulated members, a pool of them, and a driver that does what core does. */
export function openSim(
  servers: Omit<SimOptions, 'clock'>[],
  options: Omit<PoolOptions, 'executors'> = {},
  each: (place: number) => { parallel?: number; concurrency?: number } = () => ({}),
) {
  const clock = createTestClock({ startMs: 0, waitsFor: 'turn' });
  /** However long it takes: campaigns last for days. */
  const run = <T>(promise: Promise<T>) => clock.run(promise, Number.POSITIVE_INFINITY);
  const members: SimMember[] = servers.map((given) => createSimMember({ clock, ...given }));
  const executors = members.map(({ executor }, place) => ({ executor, ...each(place) }));
  const all: Pool[] = [];
  const another = () => {
    const one = pool({ executors, ...options });
    all.push(one);
    return one;
  };
  const executor = another();
  const refs: JobRef[] = [];
  const call = (signal?: AbortSignal): SubmitContext => ({
    ...createCallContext({ clock, ...(signal && { signal }) }),
    onRef: async (ref) => void refs.push(structuredClone(ref)),
  });
  const isOver = ({ state }: JobSnapshot) =>
    ['succeeded', 'failed', 'canceled', 'expired'].includes(state);

  /** The job's end: woken by its events, and looking every two seconds besides. */
  const follow = async (ref: JobRef, on = executor): Promise<JobSnapshot> => {
    const over = new AbortController();
    let wake = () => {};
    const listen = async () => {
      for await (const event of on.watch!(ref, call(over.signal)))
        if (event.type === 'state') wake();
    };
    listen().catch(() => {});
    try {
      for (let failures = 0; ; ) {
        try {
          const snapshot = await on.inspect(ref, call());
          if (isOver(snapshot)) return snapshot;
          failures = 0;
        } catch (error) {
          failures += 1;
          if (failures > 40) throw error;
        }
        const nap = new AbortController();
        const news = new Promise<void>((resolve) => {
          wake = resolve;
        });
        await Promise.race([news, clock.sleep(2_000, nap.signal)]).finally(() => nap.abort());
      }
    } finally {
      over.abort();
    }
  };
  const play = async (plan = planFor()) => {
    const ref = await executor.submit(plan, call());
    return { ref, snapshot: await follow(ref) };
  };
  return {
    clock,
    members,
    executor,
    another,
    call,
    refs,
    follow,
    play,
    submit: (plan = planFor(), signal?: AbortSignal) => run(executor.submit(plan, call(signal))),
    run,
    wait: (ms: number) => run(clock.sleep(ms)),
    status: (name: string) => executor.status().members.find((one) => one.name === name)!,
    async close() {
      await Promise.all(all.map((one) => one.dispose?.()));
      await new Promise<void>((resolve) => setImmediate(resolve));
      return { sleeping: clock.sleeping, listening: members.map(({ log }) => log.listening) };
    },
  };
}

/** Codes of warnings. */
export const codesOf = (warnings: readonly Warning[]) => warnings.map(({ code }) => code);
