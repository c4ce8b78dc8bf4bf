import assert from 'node:assert/strict';
import { type ComfyGen, createComfyGen } from '../../generate/create-comfygen.ts';
import { isTerminal } from '../../jobs/job-state.ts';
import { defineFlow } from '../../library/define-flow.ts';
import type {
  CallContext,
  Downloaded,
  ExecutorV1,
  JobEvent,
  JobRef,
  JobSnapshot,
  Plan,
  SubmitContext,
} from '../../spec/index.ts';
import { createCallContext } from '../../util/call-context.ts';
import { systemClock } from '../../util/clock.ts';
import { type Case, SkippedCase } from '../runner.ts';
import type { Need } from './case-list.ts';
import { type CaseTime, createCaseTime } from './case-time.ts';
import { createPlan } from './create-plan.ts';
import { driveExecutor } from './drive-executor.ts';
import type { HttpOperation } from './http-backend.ts';
import type { ExecutorBackend, ExecutorScenario } from './scenario.ts';

/** A case of the executor suite, with what its backend plays. */
export interface ExecutorCase extends Case<ExecutorBench> {
  /** The number of the promise that it proves. */
  proves: number;
  /** What the executor must declare or have for it. Default: nothing, it holds for all. */
  needs?: readonly Need[];
  /** A request that the service must have: not each has downloads, cancels or events of its own. */
  operation?: HttpOperation;
  /** Default `succeeds`. */
  scenario?: ExecutorScenario;
}

/** What a case works with: an executor on a backend of its own, and the steps that many cases share. */
export interface ExecutorBench extends CaseTime {
  /** Each of its calls passes on the backend's clock. */
  executor: ExecutorV1;
  /** The same one as it is: a call waits until the case moves the time. */
  bare: ExecutorV1;
  backend: ExecutorBackend;
  /** Another executor on the same backend, as another process would have. */
  another(): ExecutorV1;
  /** The same, as it is. */
  anotherBare(): ExecutorV1;
  /** A fresh plan of the backend's graph. */
  plan(seed?: number | bigint): Plan;
  /** A context that ends with the case, or with `signal` where one is given. */
  call(signal?: AbortSignal): CallContext;
  /** The same for a submit. */
  submitCall(signal?: AbortSignal): SubmitContext;
  submit(plan?: Plan, signal?: AbortSignal): Promise<JobRef>;
  /** The job's final snapshot. */
  end(ref: JobRef, executor?: ExecutorV1): Promise<JobSnapshot>;
  /** Submits and waits for the end. */
  play(plan?: Plan): Promise<{ ref: JobRef; snapshot: JobSnapshot }>;
  /** Submits, waits for success, downloads the first image. */
  picture(plan?: Plan): Promise<Downloaded>;
  /** All events of a job until its watch ends. */
  events(ref: JobRef): Promise<JobEvent[]>;
  /** Core with the executor, or a wrapped one, and one flow of the backend's graph. */
  host(executor?: ExecutorV1): ComfyGen;
  /** Disposes of the case's executors, then closes its backend. */
  close(): Promise<void>;
}

/** On a clock that a case moves, between two looks at a job. */
const LOOK_MS = 1_000;

/** Sets a case up. `signal` aborts when the case took too long. */
export function openBench(
  create: () => ExecutorV1,
  backend: ExecutorBackend,
  caseSignal: AbortSignal,
): ExecutorBench {
  const { clock } = backend;
  const time = createCaseTime(clock);
  const { run } = time;
  const executors = new Set<ExecutorV1>();
  const make = () => {
    const one = create();
    executors.add(one);
    return one;
  };
  const bare = make();
  const executor = driveExecutor(bare, run);
  const call = (signal = caseSignal) => createCallContext({ signal, ...(clock && { clock }) });
  const ended = async (ref: JobRef, on: ExecutorV1) => {
    const ctx = call();
    for (let pause = 1; ; pause = Math.min(50, pause * 2)) {
      const snapshot = await on.inspect(ref, ctx);
      if (isTerminal(snapshot)) return snapshot;
      await ctx.clock.sleep(clock ? LOOK_MS : pause, ctx.signal);
    }
  };
  const bench: ExecutorBench = {
    ...time,
    executor,
    bare,
    backend,
    another: () => driveExecutor(make(), run),
    anotherBare: make,
    plan: (seed) => createPlan(backend, seed),
    call,
    submitCall: (signal) => ({ ...call(signal), onRef: async () => {} }),
    submit: (plan = bench.plan(), signal = caseSignal) =>
      executor.submit(plan, bench.submitCall(signal)),
    end: (ref, on = bare) => run(ended(ref, on)),
    async play(plan) {
      const ref = await bench.submit(plan);
      return { ref, snapshot: await bench.end(ref) };
    },
    async picture(plan) {
      const { ref, snapshot } = await bench.play(plan);
      const { state, failure, outputs } = snapshot;
      assert.equal(state, 'succeeded', `the job ended as ${state}: ${failure?.message}`);
      const image = outputs.find((output) => output.kind === 'image');
      assert.ok(image, 'the job succeeded without an image');
      return executor.download(image, ref, call());
    },
    events: (ref) =>
      run(
        (async () => {
          const events: JobEvent[] = [];
          for await (const event of bare.watch!(ref, call())) events.push(event);
          return events;
        })(),
      ),
    host(on = bare) {
      const { workflow, slots } = backend;
      const flow = defineFlow({ id: 'conformance', workflow, ...(slots && { slots }) });
      if (flow.slots.prompt.length === 0)
        throw new SkippedCase('the graph takes no prompt; give the backend `slots`');
      return createComfyGen({ flows: [flow], executor: on, clock: clock ?? systemClock });
    },
    async close() {
      await Promise.allSettled([...executors].map((one) => one.dispose?.()));
      await backend.close?.();
    },
  };
  return bench;
}
