// A service that calls back: the run that waits looks at once, and a process that never waited fetches
// what was made. Runs against a fake Replicate; with a real one, `webhook.url` is your app's address.
import { setTimeout as sleep } from 'node:timers/promises';
import { replicate } from '@comfygen/executors/replicate';
import { startFakeReplicate } from '@comfygen/executors/testing';
import { createComfyGen, defineFlow, memoryJobStore } from 'comfygen';
import { createTestGraph } from 'comfygen/testing';
import { createReceiver } from './receiver.ts';

const service = await startFakeReplicate({ timeline: () => ({ startMs: 200 }) });
const flows = [defineFlow({ id: 'plain', workflow: createTestGraph() })];
// In an app: sqliteStore(), which all of its processes share.
const jobs = memoryJobStore();
const host = () =>
  createComfyGen({
    flows,
    jobs,
    executor: replicate({
      token: 'r8_a_token',
      version: service.version,
      baseUrl: service.url,
      webhook: { url: 'https://app.example/webhooks/replicate', secret: service.secret },
    }),
  });
const worker = host();
const app = createReceiver(worker);

/** Does what Replicate does once a prediction is over: calls the app. */
async function call(id: string, changes: { headers?: Record<string, string> } = {}) {
  const request = { method: 'POST', ...service.webhookCall(id), ...changes };
  const answer = await app.request('/webhooks/replicate', request);
  console.log(answer.status, (await answer.text()).replace(/"planId":"[^"]+",/, ''));
}

try {
  const run = worker.generate('a red apple', { runId: 'order-17', seed: 7 });
  run.catch(() => {});
  let id = '';
  while (service.prediction(id)?.status !== 'succeeded') {
    await sleep(20);
    for await (const { ref } of jobs.list()) id = ref.id;
  }
  await call(id);
  const { best, plan } = await run;
  console.log(`${best.mediaType} of order-17`);

  await call(id); // once more: the same answer
  await call(id, { headers: { 'webhook-signature': 'v1,forged' } });
  await jobs.delete(plan.id);
  await call(id); // a job that nobody knows

  // Another process on the same store needs the plan's id alone.
  const elsewhere = host();
  await jobs.put({
    ...{ runId: 'order-17', planId: plan.id, flowId: 'plain', state: 'running' },
    ref: { executor: 'replicate', id, submittedAt: Date.now() },
  });
  const { runId, outputs } = await elsewhere.resume(plan.id);
  console.log(`${outputs.length} file of ${runId}, fetched elsewhere`);
  await elsewhere.dispose();
} finally {
  await worker.dispose();
  await service.close();
}
