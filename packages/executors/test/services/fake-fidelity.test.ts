import { expect, it } from 'vitest';
import { openComfyApi, openRunpod } from './bench.ts';
import { SECRET, testGraph } from './test-plan.ts';

// Names from the services' own documents, not from our clients: both could make the same mistake.
const JOB =
  'id status created_at started_at completed_at expires_at queue_position progress outputs error urls';
const OUTPUT = 'node_id name type content_type size_bytes id hash url url_expires_at';
const ASSET = 'id hash size_bytes content_type created_at url url_expires_at';

const call = async (url: string, init: RequestInit = {}) => {
  const headers = { authorization: `Bearer ${SECRET}`, ...(init.headers as object) };
  const response = await fetch(url, { ...init, headers });
  return { status: response.status, body: (await response.json()) as Record<string, never> };
};
const post = (url: string, body: unknown, headers = {}) =>
  call(url, { method: 'POST', body: JSON.stringify(body), headers });

it('Comfy API: jobs, outputs, assets and errors have every required field', async () => {
  const { clock, api } = await openComfyApi({ signedLinks: true });
  const jobs = `${api.url}/api/v2/jobs`;
  const first = await post(jobs, { workflow: testGraph() }, { 'idempotency-key': 'k1' });
  expect(first.status).toBe(201);
  expect(Object.keys(first.body)).toEqual(expect.arrayContaining(JOB.split(' ')));
  await clock.settle();
  const { body: job } = await call(`${jobs}/${first.body['id']}`);
  expect(job['status']).toBe('succeeded');
  const [output] = job['outputs'] as unknown as Record<string, string>[];
  expect(Object.keys(output!)).toEqual(expect.arrayContaining(OUTPUT.split(' ')));
  expect(output!['hash']).toMatch(/^blake3:[0-9a-f]{64}$/);
  const asset = await call(`${api.url}/api/v2/assets/${output!['id']}`);
  expect(Object.keys(asset.body)).toEqual(expect.arrayContaining(ASSET.split(' ')));
  const content = `${api.url}/api/v2/assets/${output!['id']}/content`;
  const moved = await fetch(content, {
    redirect: 'manual',
    headers: { authorization: `Bearer ${SECRET}` },
  });
  expect([moved.status, moved.headers.get('location')]).toEqual([
    302,
    expect.stringContaining('Signature='),
  ]);
  await moved.body?.cancel();
});

it('Comfy API: a key is good for one job, and free again where none was made', async () => {
  const { api } = await openComfyApi();
  const jobs = `${api.url}/api/v2/jobs`;
  const key = { 'idempotency-key': 'k1' };
  const bad = await post(jobs, { workflow: {} }, key);
  expect([bad.status, bad.body]).toEqual([
    422,
    { error: expect.objectContaining({ code: 'invalid_workflow' }) },
  ]);
  expect((await post(jobs, { workflow: testGraph() }, key)).status).toBe(201);
  const again = await post(jobs, { workflow: testGraph() }, key);
  expect([again.status, again.body['error']]).toEqual([
    422,
    expect.objectContaining({ code: 'idempotency_key_reuse' }),
  ]);
  const closed = await post(jobs, { workflow: testGraph(), webhook_url: 'http://x' });
  expect(closed.status).toBe(422);
  const ui = await post(jobs, { workflow: { nodes: [], links: [] } });
  expect(ui.body['error']).toMatchObject({ code: 'workflow_format_ui' });
  expect((await call(`${jobs}/none`)).body['error']).toMatchObject({ code: 'not_found' });
});

it('RunPod: fields come when they have a value, an error is lifted out of the output', async () => {
  const timeline = (number: number) =>
    number === 1 ? { fails: { node: 'KSampler', message: 'bad' } } : { nodeMs: 1_000 };
  const { clock, endpoint } = await openRunpod({ timeline });
  const base = `${endpoint.url}/${endpoint.endpointId}`;
  const first = await post(`${base}/run`, { input: { workflow: testGraph() } });
  expect(first).toEqual({ status: 200, body: { id: expect.any(String), status: 'IN_QUEUE' } });
  const second = await post(`${base}/run`, { input: { workflow: testGraph() } });
  await clock.advance(60_000);
  const done = await call(`${base}/status/${first.body['id']}`);
  expect(done.body).toEqual({
    id: first.body['id'],
    status: 'COMPLETED',
    delayTime: expect.any(Number),
    executionTime: expect.any(Number),
    workerId: expect.any(String),
    output: { images: [expect.objectContaining({ type: 'base64' })] },
  });
  const failed = await call(`${base}/status/${second.body['id']}`);
  expect(failed.body).toMatchObject({
    status: 'FAILED',
    error: 'Job processing failed',
    output: {
      details: ['Workflow execution error: Node Type: KSampler, Node ID: sampler, Message: bad\n'],
    },
  });
  expect((await call(`${base}/status/none`)).status).toBe(404);
});
