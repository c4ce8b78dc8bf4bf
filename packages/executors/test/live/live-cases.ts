import { createCallContext, type ExecutorV1, type JobRef, type JobSnapshot } from 'comfygen/plugin';
import { createTestPlan } from 'comfygen/testing';
import type { Workflow } from 'comfygen/workflow';
import { expect, it, onTestFinished } from 'vitest';

/** How the cases are run against one service. */
export interface LiveSettings {
  create(): ExecutorV1;
  /** Between two looks at a job, in milliseconds. */
  pollMs: number;
  /** For one case: a cold worker takes minutes, in milliseconds. */
  limitMs: number;
}

const OVER: readonly JobSnapshot['state'][] = ['succeeded', 'failed', 'canceled', 'expired'];

/** One image of one colour: core's nodes, no model. */
function blank(): Workflow {
  const inputs = { width: 64, height: 64, batch_size: 1, color: 8_421_504 };
  return {
    blank: { class_type: 'EmptyImage', inputs },
    save: {
      class_type: 'SaveImage',
      inputs: { images: ['blank', 0], filename_prefix: 'comfygen-live' },
    },
  };
}

/** Many nodes that take a while each, since a job is stopped between two of them; still no model. */
function long(): Workflow {
  const workflow = blank();
  for (let place = 0; place < 60; place += 1) {
    const image = place === 0 ? 'blank' : `scale${place - 1}`;
    const side = place % 2 === 0 ? 4_096 : 4_032;
    workflow[`scale${place}`] = {
      class_type: 'ImageScale',
      inputs: {
        ...{ image: [image, 0], upscale_method: 'lanczos', crop: 'disabled' },
        ...{ width: side, height: side },
      },
    };
    workflow['save']!.inputs['images'] = [`scale${place}`, 0];
  }
  return workflow;
}

/** The smallest of what a service must do: a picture, and a job that is stopped. Nothing is left running. */
export function liveCases({ create, pollMs, limitMs }: LiveSettings): void {
  const open = () => {
    const executor = create();
    const context = () => createCallContext({ signal: AbortSignal.timeout(limitMs) });
    const refs: JobRef[] = [];
    onTestFinished(async () => {
      // Whatever went wrong: a job that goes on costs money.
      for (const ref of refs) await executor.cancel?.(ref, context()).catch(() => {});
      await executor.dispose?.();
    }, limitMs);
    return {
      executor,
      context,
      async submit(workflow: Workflow) {
        const plan = createTestPlan(workflow);
        const onRef = async (ref: JobRef) => void refs.push(ref);
        const ref = await executor.submit(plan, { ...context(), onRef });
        refs.push(ref);
        return ref;
      },
      async end(ref: JobRef): Promise<JobSnapshot> {
        const ctx = context();
        for (;;) {
          const snapshot = await executor.inspect(ref, ctx);
          if (OVER.includes(snapshot.state)) return snapshot;
          await ctx.clock.sleep(pollMs, ctx.signal);
        }
      },
    };
  };

  it(
    'makes a picture',
    async () => {
      const { executor, context, submit, end } = open();
      const ref = await submit(blank());
      const { state, failure, outputs } = await end(ref);
      expect([state, failure, outputs.length]).toEqual(['succeeded', undefined, 1]);
      const { bytes, mediaType } = await executor.download(outputs[0]!, ref, context());
      expect(mediaType).toBe('image/png');
      expect([...bytes.subarray(0, 4)]).toEqual([0x89, 0x50, 0x4e, 0x47]);
    },
    limitMs,
  );

  it(
    'stops a job',
    async ({ skip }) => {
      const { executor, context, submit, end } = open();
      skip(!executor.cancel, `${executor.name} can’t stop a job`);
      const ref = await submit(long());
      await executor.cancel!(ref, context());
      expect((await end(ref)).state).toBe('canceled');
    },
    limitMs,
  );
}
