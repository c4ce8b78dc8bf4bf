import { startFakeComfyicu } from '@comfygen/executors/testing';
import { createTestGraph } from 'comfygen/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

/** The fields of two runs that were seen in May 2025. */
const FIELDS =
  'id created_at updated_at deleted_at started_at completed_at run_time status kind data workflow workflow_api workflow_id output error files name tags view_count download_count is_nsfw user_id device accelerator visibility parent_workflow_id parent_run_id api_key_id retry_count client_agent webhook project_id user metadata';

/** What is known of the contract, tried without our client. */
describe('the fake ComfyICU', () => {
  let fake: Awaited<ReturnType<typeof startFakeComfyicu>>;
  beforeEach(async () => {
    fake = await startFakeComfyicu({ apiKey: 'abcd' });
  });
  afterEach(() => fake.close());

  async function ask(method: string, path: string, body?: object) {
    const response = await fetch(`${fake.url}/workflows/${fake.workflowId}${path}`, {
      ...{ method, headers: { authorization: 'Bearer abcd' } },
      ...(body && { body: JSON.stringify(body) }),
    });
    return JSON.parse(await response.text());
  }
  async function outcome(graph = createTestGraph()) {
    const { id } = await ask('POST', '/runs', { prompt: graph });
    for (;;) {
      const run = await ask('GET', `/runs/${id}`);
      if (['COMPLETED', 'ERROR'].includes(run.status)) return run;
    }
  }

  it('answers a run with its id alone', async () => {
    expect(Object.keys(await ask('POST', '/runs', { prompt: createTestGraph() }))).toEqual(['id']);
  });

  it('shows a run with the fields that were seen', async () => {
    const run = await outcome();
    expect(Object.keys(run).sort()).toEqual(FIELDS.split(' ').sort());
    const [{ filename, url, thumbnail_url }] = run.output;
    expect(filename).toMatch(/^\/workflows\/[\w-]+\/output\/[\w-]+\/test_00001_\.png$/);
    expect([url.endsWith(filename), typeof thumbnail_url]).toEqual([true, 'string']);
  });

  it('puts an error where the files would be, twice', async () => {
    const graph = createTestGraph();
    graph['decode']!.class_type = 'NoSuchNode';
    const { status, error, output } = await outcome(graph);
    expect([status, error]).toEqual(['ERROR', null]);
    expect(output.error).toEqual(output.output.error);
    expect(output.error.details.error.message).toContain('NoSuchNode');
  });

  it('lists at most 300 runs, the newest first', async () => {
    const bodies = Array.from({ length: 302 }, () => ({ prompt: createTestGraph() }));
    let last = '';
    for (const body of bodies) last = (await ask('POST', '/runs', body)).id;
    const runs = await ask('GET', '/runs');
    expect([runs.length, runs[0].id]).toEqual([300, last]);
  });
});
