import assert from 'node:assert/strict';
import type {
  CallContext,
  Downloaded,
  ExecutorV1,
  JobRef,
  JobSnapshot,
  Plan,
} from '../../spec/index.ts';
import { createCallContext } from '../../util/call-context.ts';
import type { Case } from '../runner.ts';
import { createPlan } from './create-plan.ts';
import type { ExecutorBackend, ExecutorScenario } from './scenario.ts';

/** A case of the executor suite, with what its backend plays. */
export interface ExecutorCase extends Case<ExecutorBench> {
  scenario?: ExecutorScenario;
}

/** What a case works with: an executor on a backend of its own, and the steps that many cases share. */
export interface ExecutorBench {
  executor: ExecutorV1;
  backend: ExecutorBackend;
  /** Another executor on the same backend, as another process would have. */
  another(): ExecutorV1;
  /** A fresh plan of the backend's graph. */
  plan(seed?: number): Plan;
  /** A context that ends with the case, or with `signal` where one is given. */
  call(signal?: AbortSignal): CallContext;
  submit(plan?: Plan, signal?: AbortSignal): Promise<JobRef>;
  /** The job's final snapshot. */
  end(ref: JobRef, executor?: ExecutorV1): Promise<JobSnapshot>;
  /** Submits, waits for success, downloads the first image. */
  picture(plan?: Plan): Promise<Downloaded>;
}

/** Jobs end in these states. */
export function isTerminal(state: string): boolean {
  return ['succeeded', 'failed', 'canceled', 'expired'].includes(state);
}

const opened = new WeakMap<ExecutorBench, Set<ExecutorV1>>();

/** Sets a case up. `signal` aborts when the case took too long. */
export function openBench(
  create: () => ExecutorV1,
  backend: ExecutorBackend,
  caseSignal: AbortSignal,
): ExecutorBench {
  const executors = new Set<ExecutorV1>();
  const another = () => {
    const one = create();
    executors.add(one);
    return one;
  };
  const executor = another();
  const call = (signal = caseSignal) => createCallContext({ signal });
  const bench: ExecutorBench = {
    executor,
    backend,
    another,
    plan: (seed) => createPlan(backend, seed),
    call,
    submit: (plan = bench.plan(), signal = caseSignal) =>
      executor.submit(plan, { ...call(signal), onRef: async () => {} }),
    async end(ref, on = executor) {
      const ctx = call();
      for (let pause = 1; ; pause = Math.min(50, pause * 2)) {
        const snapshot = await on.inspect(ref, ctx);
        if (isTerminal(snapshot.state)) return snapshot;
        await ctx.clock.sleep(pause, ctx.signal);
      }
    },
    async picture(plan) {
      const ref = await bench.submit(plan);
      const { state, failure, outputs } = await bench.end(ref);
      assert.equal(state, 'succeeded', `the job ended as ${state}: ${failure?.message}`);
      const image = outputs.find((output) => output.kind === 'image');
      assert.ok(image, 'the job succeeded without an image');
      return executor.download(image, ref, call());
    },
  };
  opened.set(bench, executors);
  return bench;
}

/** Disposes of the case's executors, then closes its backend. */
export async function closeBench(bench: ExecutorBench): Promise<void> {
  const executors = [...(opened.get(bench) ?? [])];
  await Promise.allSettled(executors.map((executor) => executor.dispose?.()));
  await bench.backend.close?.();
}
