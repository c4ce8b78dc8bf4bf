// An executor of your own: here one that hands every plan to a function in this process. A real one
// would talk to your render farm. It passes the same suite as the built-in ones (examples.test.ts).
import { randomUUID } from 'node:crypto';
import {
  ComfygenError,
  defineExecutor,
  type JobRef,
  type JobSnapshot,
  type Plan,
} from 'comfygen/plugin';

interface Job {
  plan: Plan;
  snapshot: JobSnapshot;
  image: Uint8Array;
}

/** Options of {@link renderFarm}. */
export interface RenderFarmOptions {
  /** Makes the picture of a plan: PNG bytes. */
  render(plan: Plan): Promise<Uint8Array>;
}

/** An executor without progress, cancel or inventory: the three methods that each one needs. */
export function renderFarm({ render }: RenderFarmOptions) {
  const jobs = new Map<string, Job>();

  function jobOf(ref: JobRef): Job {
    const job = jobs.get(ref.id);
    if (job) return job;
    throw new ComfygenError('JOB_LOST', `The render farm knows no job ${ref.id}.`);
  }

  async function work(job: Job, id: string) {
    job.snapshot = { ...job.snapshot, state: 'running', rawState: 'rendering' };
    try {
      job.image = await render(job.plan);
      const outputs = job.plan.outputNodes.slice(0, 1).map((nodeId, index) => ({
        nodeId,
        index,
        kind: 'image' as const,
        fileName: `${id}.png`,
        mediaType: 'image/png',
        ref: {},
      }));
      job.snapshot = { ...job.snapshot, state: 'succeeded', rawState: 'done', outputs };
    } catch (error) {
      const failure = ComfygenError.is(error)
        ? { code: error.code, message: error.message, retryable: error.retryable }
        : { code: 'EXECUTION_FAILED', message: String(error), retryable: false };
      job.snapshot = { ...job.snapshot, state: 'failed', rawState: 'broken', failure };
    }
  }

  return defineExecutor({
    name: 'render-farm',
    supports: {
      ownId: true,
      seed: true,
      nodeOutputs: true,
    },
    async submit(plan, ctx) {
      ctx.signal.throwIfAborted();
      const ref = { executor: 'render-farm', id: randomUUID(), submittedAt: ctx.clock.now() };
      await ctx.onRef(ref);
      const snapshot: JobSnapshot = {
        state: 'queued',
        rawState: 'waiting',
        outputs: [],
        warnings: [],
      };
      const job = { plan: structuredClone(plan), snapshot, image: new Uint8Array() };
      jobs.set(ref.id, job);
      void work(job, ref.id);
      return ref;
    },
    async inspect(ref, ctx) {
      ctx.signal.throwIfAborted();
      return jobOf(ref).snapshot;
    },
    async download(_output, ref, ctx) {
      ctx.signal.throwIfAborted();
      return { bytes: jobOf(ref).image.slice(), mediaType: 'image/png' };
    },
  });
}
