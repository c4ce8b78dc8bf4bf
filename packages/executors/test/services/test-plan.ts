import {
  type CallContext,
  ComfygenError,
  createCallContext,
  type ExecutorV1,
  type JobRef,
  type JobSnapshot,
  type Plan,
  type Workflow,
} from 'comfygen/plugin';
import { createTestBrief, createTestGraph, createTestPlan, type TestClock } from 'comfygen/testing';

/** A key that tests plant: it may show up nowhere. */
export const SECRET = 'planted-secret-1234567';

/** The usual graph, with so many nodes that save its picture: `save`, `save1`, … */
export function testGraph({ saves = 1, batch = 1, steps = 3 } = {}): Workflow {
  const graph = createTestGraph({ latent: { batch_size: batch }, sampler: { steps } });
  for (let place = 0; place < saves; place += 1)
    graph[place === 0 ? 'save' : `save${place}`] = {
      class_type: 'SaveImage',
      inputs: { images: ['decode', 0], filename_prefix: `fox/save${place}` },
    };
  return graph;
}

/** A plan of such a graph. */
export function testPlan(workflow = testGraph(), options: Plan['brief']['options'] = {}): Plan {
  return createTestPlan(workflow, { brief: createTestBrief('a red fox', { options }) });
}

/** Drives an executor on a test's clock. */
export interface TestDriver {
  clock: TestClock;
  ctx: CallContext;
  submit(plan?: Plan): Promise<JobRef>;
  /** Looks until the job is over. */
  end(ref: JobRef): Promise<JobSnapshot>;
  /** The error that a promise rejects with: ours, and without the planted secret. */
  errorOf(promise: Promise<unknown>): Promise<ComfygenError>;
}

/** A driver; all it does passes on the clock, nothing sleeps. */
export function createTestDriver(executor: ExecutorV1, clock: TestClock): TestDriver {
  const ctx = createCallContext({ clock });
  const looked = async (ref: JobRef) => {
    for (;;) {
      const snapshot = await executor.inspect(ref, ctx);
      if (['succeeded', 'failed', 'canceled', 'expired'].includes(snapshot.state)) return snapshot;
      await clock.sleep(1_000);
    }
  };
  return {
    clock,
    ctx,
    submit: (plan = testPlan()) =>
      clock.run(executor.submit(plan, { ...ctx, onRef: async () => {} })),
    end: (ref) => clock.run(looked(ref)),
    async errorOf(promise) {
      const outcome = await clock.run(
        promise.then(
          (value) => ({ value }),
          (error: unknown) => ({ error }),
        ),
      );
      if (!('error' in outcome)) throw new Error(`It gave ${JSON.stringify(outcome.value)}.`);
      const { error } = outcome;
      if (!ComfygenError.is(error)) throw error;
      const { stack, cause } = error;
      if (`${stack} ${JSON.stringify(error)} ${String(cause)}`.includes(SECRET))
        throw new Error(`The error shows the planted secret: ${error.message}`);
      return error;
    },
  };
}
