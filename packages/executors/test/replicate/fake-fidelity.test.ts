import { startFakeReplicate } from '@comfygen/executors/testing';
import { createTestGraph } from 'comfygen/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

/** What the contract says, tried without our client. */
describe('the fake Replicate', () => {
  let fake: Awaited<ReturnType<typeof startFakeReplicate>>;
  beforeEach(async () => {
    fake = await startFakeReplicate({ token: 'abcd' });
  });
  afterEach(() => fake.close());

  async function ask(method: string, path: string, body?: object, token = 'abcd') {
    const response = await fetch(fake.url + path, {
      ...{ method, headers: { authorization: `Bearer ${token}` } },
      ...(body && { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as Record<string, never> };
  }
  const workflow_json = JSON.stringify(createTestGraph());
  const predict = (input: object, more: object = {}) =>
    ask('POST', '/predictions', { version: fake.version, input, ...more });
  async function outcome(input: object) {
    const { body } = await predict(input);
    for (;;) {
      const { body: now } = await ask('GET', `/predictions/${body['id']}`);
      if (!['starting', 'processing'].includes(now['status']!)) return now;
    }
  }

  it('answers a create with 201 and a prediction that starts', async () => {
    const { status, body } = await predict({ workflow_json });
    expect([status, body['output'], body['error']]).toEqual([201, null, null]);
    expect(['starting', 'processing']).toContain(body['status']);
    expect(Object.keys(body['urls']!)).toEqual(['get', 'cancel', 'web']);
  });

  it('refuses as the service does', async () => {
    const unknown = await predict({ workflow_json, steps: 3 });
    expect(unknown.status).toBe(422);
    expect(unknown.body).toMatchObject({
      title: 'Input validation failed',
      invalid_fields: [{ field: 'input.steps' }],
    });
    expect((await predict({ workflow_json }, { model: 'a/b' })).status).toBe(422);
    const version = await ask('POST', '/predictions', { version: 'a'.repeat(64), input: {} });
    expect(version.body['title']).toBe('Invalid version or not permitted');
    expect((await ask('GET', '/predictions/nobody')).status).toBe(404);
    const community = '/models/comfyui/any-comfyui-workflow/predictions';
    expect((await ask('POST', community, { input: {} })).status).toBe(404);
    const stranger = await ask('GET', '/predictions', undefined, 'other');
    expect(stranger).toMatchObject({ status: 401, body: { title: 'Unauthenticated' } });
  });

  it('rolls other seeds and encodes with losses, unless it is told otherwise', async () => {
    const { output, logs } = await outcome({ workflow_json });
    expect(String(output)).toMatch(/\.webp$/);
    expect(logs).toContain('Randomising seed to');
    const kept = { randomise_seeds: false, output_format: 'png', output_quality: 100 };
    const plain = await outcome({ workflow_json, ...kept });
    expect(String(plain['output'])).toMatch(/test_00001_\.png$/);
    expect(plain['logs']).not.toContain('Randomising');
  });

  it('says why a graph was refused in its log only', async () => {
    const graph = createTestGraph();
    graph['sampler']!.inputs['cfg'] = -5;
    const refused = await outcome({ workflow_json: JSON.stringify(graph) });
    expect(refused['status']).toBe('failed');
    expect(refused['error']).toMatch(/could not be run/);
    expect(refused['logs']).toMatch(/\[ComfyUI\] invalid prompt: \{'type': /);
  });

  it('wants the graph in API format', async () => {
    const editor = JSON.stringify({ last_node_id: 1, nodes: [], links: [] });
    const { error } = await outcome({ workflow_json: editor });
    expect(error).toBe('You must use the API JSON version of a ComfyUI workflow.');
  });
});
