import { createTestGraph, createTestPlan } from 'comfygen/testing';
import { describe, expect, it } from 'vitest';
import { errorOf } from '../job-bench.ts';
import { openReplicate } from './bench.ts';

const WEIGHTS = { CHECKPOINTS: ['model.safetensors'], EMBEDDINGS: ['easynegative.safetensors'] };

function withText(text: string) {
  const graph = createTestGraph();
  graph['positive']!.inputs['text'] = text;
  return createTestPlan(graph);
}

function withInput(node: string, input: string, value: string) {
  const graph = createTestGraph();
  graph[node]!.inputs[input] = value;
  return createTestPlan(graph);
}

describe('what the model would take for something else', () => {
  const prompts = [
    'https://example.test/a.png as a poster',
    'http://example.test',
    'a fox, photo.png',
    'a fox, PHOTO.JPEG',
    'a film still from movie.mp4',
    'in the style of dreamshaper.safetensors',
  ];
  it.each(prompts)('the prompt "%s" is refused, and nothing is sent', async (text) => {
    const { executor, call, fake } = await openReplicate();
    const error = await errorOf(executor.submit(withText(text), call()));
    expect(error).toMatchObject({
      code: 'INVALID_WORKFLOW',
      details: { nodeId: 'positive', issues: [{ nodeId: 'positive', input: 'text' }] },
    });
    expect(fake.requests).toHaveLength(0);
  });

  it.each(prompts)('and the model would indeed not draw "%s"', async (text) => {
    const { fake, clock } = await openReplicate();
    const plan = withText(text);
    const input = { workflow_json: JSON.stringify(plan.workflow) };
    const made = await fetch(`${fake.url}/predictions`, {
      method: 'POST',
      headers: fakeHeaders(),
      body: JSON.stringify({ version: fake.version, input }),
    });
    const { id } = (await made.json()) as { id: string };
    await clock.settle();
    const { status, logs } = fake.prediction(id)!;
    expect(status === 'failed' || logs.includes('Downloading')).toBe(true);
  });

  it.each(['a fox. png', 'a photo of a png', 'see https://example.test', 'model.safetensors!'])(
    'the prompt "%s" is none of these',
    async (text) => {
      const { play } = await openReplicate();
      expect((await play(withText(text))).snapshot.state).toBe('succeeded');
    },
  );

  it('a picture that nobody uploaded is MISSING_INPUT', async () => {
    const { executor, call } = await openReplicate();
    const plan = withInput('save', 'filename_prefix', 'test');
    plan.workflow['load'] = { class_type: 'LoadImage', inputs: { image: 'fox.png' } };
    const error = await errorOf(executor.submit(plan, call()));
    expect(error).toMatchObject({ code: 'MISSING_INPUT', details: { nodeId: 'load' } });
  });

  it('a picture at an address is what the model is made for', async () => {
    const { submit, fake } = await openReplicate();
    const plan = createTestPlan();
    const image = 'https://example.test/fox.png';
    plan.workflow['load'] = { class_type: 'LoadImage', inputs: { image } };
    const { id } = await submit(plan);
    expect(fake.prediction(id)!.logs).toContain(`Downloading ${image}`);
  });

  it('a weight is looked up where a manifest is given', async () => {
    const plan = withInput('loader', 'ckpt_name', 'other.safetensors');
    const { executor, call, play } = await openReplicate({}, { weights: WEIGHTS });
    const error = await errorOf(executor.submit(plan, call()));
    expect(error).toMatchObject({ code: 'MISSING_MODEL', details: { nodeId: 'loader' } });
    expect((await play()).snapshot.state).toBe('succeeded');
  });

  it('without one the model says it, and it is the same code', async () => {
    const { play } = await openReplicate();
    const { snapshot } = await play(withInput('loader', 'ckpt_name', 'other.safetensors'));
    expect(snapshot.failure).toMatchObject({ code: 'MISSING_MODEL', retryable: false });
    expect(snapshot.failure!.message).toContain('other.safetensors');
  });

  it('names with a space are names', async () => {
    const weights = { CHECKPOINTS: ['my model.safetensors'] };
    const inputFile = 'https://example.test/inputs.zip';
    const { submit } = await openReplicate({ weights }, { weights, inputFile });
    const plan = withInput('loader', 'ckpt_name', 'my model.safetensors');
    plan.workflow['load'] = { class_type: 'LoadImage', inputs: { image: 'my fox.png' } };
    expect((await submit(plan)).id).not.toBe('');
  });

  it('a prompt that names an embedding is said; a weight that has its name is refused', async () => {
    const { play, executor, call } = await openReplicate();
    const { snapshot } = await play(withText('blurry, easynegative'));
    expect(snapshot.warnings.map(({ code }) => code)).toEqual(['embeddings-fetched']);
    const plan = withInput('loader', 'ckpt_name', 'my-easynegative-mix.safetensors');
    expect((await errorOf(executor.submit(plan, call()))).code).toBe('MISSING_MODEL');
  });
});

function fakeHeaders() {
  return {
    authorization: 'Bearer r8_planted-token-0123456789',
    'content-type': 'application/json',
  };
}
