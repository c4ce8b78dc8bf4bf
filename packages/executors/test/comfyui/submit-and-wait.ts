// A client of its own process: prints its job's reference before the job can exist, then follows it for ever.
import { comfyui } from '@comfygen/executors/comfyui';
import { createCallContext } from 'comfygen/plugin';
import { createTestGraph, createTestPlan } from 'comfygen/testing';

const executor = comfyui({ url: process.argv[2] });
const ctx = createCallContext();
const onRef = async (ref: unknown) => {
  process.stdout.write(`${JSON.stringify(ref)}\n`);
};
const ref = await executor.submit(createTestPlan(createTestGraph({ sampler: { steps: 3 } })), {
  ...ctx,
  onRef,
});
process.stdout.write('accepted\n');
for await (const _event of executor.watch!(ref, ctx));
