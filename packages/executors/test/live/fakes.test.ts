import { comfyApi } from '@comfygen/executors/comfy-api';
import { comfyicu } from '@comfygen/executors/comfyicu';
import { replicate } from '@comfygen/executors/replicate';
import { runpod } from '@comfygen/executors/runpod';
import {
  startFakeComfyApi,
  startFakeComfyicu,
  startFakeReplicate,
  startFakeRunpod,
} from '@comfygen/executors/testing';
import type { ExecutorV1 } from 'comfygen/plugin';
import { afterAll, beforeAll, describe } from 'vitest';
import { liveCases } from './live-cases.ts';

interface Backend {
  create(): ExecutorV1;
  close(): Promise<void>;
}

// The cases for real services must themselves be right, so they run here too. A job with ImageScale goes on for ever.
const timeline = () => ({ holds: 'ImageScale' });
const key = { apiKey: 'a-key' };
const BACKENDS: { [name: string]: () => Promise<Backend> } = {
  async replicate() {
    const fake = await startFakeReplicate({ timeline });
    const options = { token: 'a-token', baseUrl: fake.url, version: fake.version };
    return { create: () => replicate(options), close: () => fake.close() };
  },
  async runpod() {
    const fake = await startFakeRunpod({ timeline });
    const options = { ...key, baseUrl: fake.url, endpointId: fake.endpointId };
    return { create: () => runpod(options), close: () => fake.close() };
  },
  async 'comfy-api'() {
    const fake = await startFakeComfyApi({ timeline });
    return { create: () => comfyApi({ baseUrl: fake.url }), close: () => fake.close() };
  },
  async comfyicu() {
    const fake = await startFakeComfyicu({ timeline });
    const options = { ...key, baseUrl: fake.url, workflowId: fake.workflowId };
    return { create: () => comfyicu(options), close: () => fake.close() };
  },
};

describe.each(Object.keys(BACKENDS))('the cases for real services, on the fake %s', (name) => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await BACKENDS[name]!();
  });
  afterAll(() => backend.close());
  liveCases({ create: () => backend.create(), pollMs: 20, limitMs: 30_000 });
});
