import {
  createCallContext,
  type Downloaded,
  type ExecutorV1,
  type JobEvent,
  type JobRef,
  type JobSnapshot,
  type JsonObject,
  type Plan,
  type Workflow,
} from 'comfygen/plugin';
import { createTestBrief, createTestPlan } from 'comfygen/testing';
import { type EmbeddedOptions, embedded } from '../../src/index.ts';
import { createTwoColourLibrary } from './two-colour-library.ts';

/** An executor on the two-colour world. */
export function createExecutor(options: EmbeddedOptions = {}): ExecutorV1 {
  return embedded({ models: createTwoColourLibrary(), ...options });
}

/** A plan of a graph. */
export function createPlan(workflow: Workflow, options: JsonObject = {}): Plan {
  return createTestPlan(workflow, {
    brief: createTestBrief('red', { options: { embedded: options } }),
  });
}

/** Submits a plan or a graph. */
export function submit(executor: ExecutorV1, plan: Plan | Workflow): Promise<JobRef> {
  const full = 'runId' in plan ? (plan as Plan) : createPlan(plan as Workflow);
  return executor.submit(full, { ...createCallContext(), onRef: async () => {} });
}

/** All that a watcher sees of a job, to its end. */
export async function watchToEnd(executor: ExecutorV1, ref: JobRef): Promise<JobEvent[]> {
  const events: JobEvent[] = [];
  for await (const event of executor.watch!(ref, createCallContext())) events.push(event);
  return events;
}

/** What a job came to. */
export interface Finished {
  ref: JobRef;
  events: JobEvent[];
  snapshot: JobSnapshot;
  files: Downloaded[];
}

/** Runs a plan or a graph to its end, whichever that is. */
export async function runToEnd(executor: ExecutorV1, plan: Plan | Workflow): Promise<Finished> {
  const ref = await submit(executor, plan);
  const events = await watchToEnd(executor, ref);
  const snapshot = await executor.inspect(ref, createCallContext());
  const files = await Promise.all(
    snapshot.outputs.map((output) => executor.download(output, ref, createCallContext())),
  );
  return { ref, events, snapshot, files };
}
