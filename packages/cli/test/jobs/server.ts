import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type FakeComfyui,
  type FakeComfyuiOptions,
  startFakeComfyui,
} from '@comfygen/executors/testing';
import type { JobEntry } from 'comfygen';
import { folderJobStore } from 'comfygen/node';
import { onTestFinished } from 'vitest';
import { PIXEL, WORKFLOW } from '../fixtures.ts';
import { tempFolder } from '../run-cli.ts';

/** The picture that the gated server makes. */
export const PICTURE = Buffer.from(PIXEL, 'base64');

/** A folder with a flow, a ComfyUI whose sampler waits until the gate is opened, and how to generate there. */
export interface Studio {
  cwd: string;
  fake: FakeComfyui;
  generate: string[];
  url: string[];
  openGate(): void;
}

/** Starts one; its jobs get as far as KSampler. */
export async function openStudio(options: FakeComfyuiOptions = {}): Promise<Studio> {
  let openGate = () => {};
  const gate = new Promise<void>((resolve) => {
    openGate = resolve;
  });
  const fake = await startFakeComfyui({
    models: { checkpoints: ['base.safetensors'], loras: [], vae: [] },
    async run(job) {
      const stopped = new Promise((_, reject) => {
        job.signal.addEventListener('abort', () => reject(job.signal.reason));
      });
      job.cached([]);
      job.start('5');
      await Promise.race([gate, stopped]);
      job.finish('5');
      job.start('7');
      job.finish('7', { images: [job.save(PICTURE, 'cli', 'output')] });
    },
    ...options,
  });
  onTestFinished(() => fake.close());
  const cwd = await tempFolder();
  await writeFile(join(cwd, 'my-flow.json'), WORKFLOW);
  const url = ['--url', fake.url];
  const words = ['generate', 'a red fox', '--flows', 'my-flow.json', '--only'];
  return { cwd, fake, openGate, url, generate: [...words, '--scorer', 'none', ...url] };
}

/** Puts jobs into the usual folder of earlier versions, as a run would have. */
export async function keepJobs(cwd: string, ...jobs: [executor: string, id: string][]) {
  const store = folderJobStore(join(cwd, '.comfygen', 'jobs'));
  for (const [executor, id] of jobs) {
    const ref = { executor, id, submittedAt: Date.now() };
    const entry: JobEntry = {
      ref,
      ...{ runId: 'run', planId: id, flowId: 'my-flow', state: 'queued' },
    };
    await store.put(entry);
  }
}
