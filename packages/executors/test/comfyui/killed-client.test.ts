import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { comfyui } from '@comfygen/executors/comfyui';
import { startFakeComfyui } from '@comfygen/executors/testing';
import { createCallContext, type JobRef, type JobSnapshot } from 'comfygen/plugin';
import { expect, it } from 'vitest';

const CLIENT = fileURLToPath(new URL('./submit-and-wait.ts', import.meta.url));
const FLAGS = ['--conditions=comfygen-source', '--disable-warning=ExperimentalWarning'];

it('goes on with the job of a process that was killed, and fetches its picture', async () => {
  let release = () => {};
  const killed = new Promise<void>((resolve) => {
    release = resolve;
  });
  const fake = await startFakeComfyui({
    async run(run) {
      run.cached([]);
      run.start('save');
      await killed;
      const bytes = new Uint8Array(Buffer.from(PIXEL, 'base64'));
      run.finish('save', { images: [run.save(bytes, 'late', 'output')] });
    },
  });
  const client = spawn(process.execPath, [...FLAGS, CLIENT, fake.url]);
  let told = '';
  client.stdout.setEncoding('utf8').on('data', (text: string) => {
    told += text;
    if (told.includes('accepted')) client.kill('SIGKILL');
  });
  await once(client, 'close');
  release();
  const ref = JSON.parse(told.split('\n')[0]!) as JobRef;
  const executor = comfyui({ url: fake.url });
  const ctx = createCallContext();
  const isOpen = ({ state }: JobSnapshot) => ['queued', 'running'].includes(state);
  let snapshot = await executor.inspect(ref, ctx);
  while (isOpen(snapshot)) {
    await ctx.clock.sleep(1, ctx.signal);
    snapshot = await executor.inspect(ref, ctx);
  }
  const { state, outputs } = snapshot;
  expect([state, outputs[0]?.nodeId]).toEqual(['succeeded', 'save']);
  const { mediaType } = await executor.download(outputs[0]!, ref, ctx);
  expect(mediaType).toBe('image/png');
  expect(fake.count('POST /api/prompt')).toBe(1);
  await executor.dispose?.();
  await fake.close();
});

const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
