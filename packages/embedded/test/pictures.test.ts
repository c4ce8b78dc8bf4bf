import { readPngText } from 'comfygen/node';
import { describe, expect, it } from 'vitest';
import { toPythonJson } from '../src/image/python-json.ts';
import { textToImage } from './support/graphs.ts';
import { createExecutor, createPlan, runToEnd } from './support/run-plan.ts';

describe('a picture', () => {
  it('carries the graph as ComfyUI writes it, every digit of the seed included', async () => {
    const workflow = textToImage({
      sampler: { seed: 2n ** 64n - 1n },
      positive: { text: 'red "frög" 🐸' },
    });
    workflow['save']!._meta = { title: 'Save Image' };
    const { files } = await runToEnd(createExecutor(), workflow);
    const prompt = readPngText(files[0]!.bytes).get('prompt') ?? '';
    expect(prompt).toBe(toPythonJson(workflow));
    expect(prompt).toContain(
      '"positive": {"class_type": "CLIPTextEncode", "inputs": {"text": "red \\"fr\\u00f6g\\" \\ud83d\\udc38", "clip": ["loader", 1]}}',
    );
    expect(prompt).toContain('"seed": 18446744073709551615, "steps": 4');
    expect(prompt).toContain('"_meta": {"title": "Save Image"}');
  });

  it('carries a record of its own', async () => {
    const plan = createPlan(textToImage());
    const { files } = await runToEnd(createExecutor(), plan);
    const record = JSON.parse(readPngText(files[0]!.bytes).get('comfygen') ?? '');
    expect(record).toMatchObject({
      schema: 'comfygen/image@1',
      flow: plan.flowId,
      plan: plan.hash,
      seed: '7',
      executor: { name: 'embedded' },
      model: 'two colours, for tests',
    });
  });

  it('is the same bytes for the same plan, by whichever executor', async () => {
    const runs = [createExecutor(), createExecutor({ cacheBytes: 0 })].map((executor) =>
      runToEnd(executor, textToImage()),
    );
    const [one, two] = await Promise.all(runs);
    expect(one?.files[0]?.bytes).toEqual(two?.files[0]?.bytes);
  });

  it('is named by its prefix and numbered', async () => {
    const { snapshot } = await runToEnd(
      createExecutor(),
      textToImage({ latent: { batch_size: 2 }, save: { filename_prefix: 'set/%width%' } }),
    );
    expect(snapshot.outputs).toMatchObject([
      {
        nodeId: 'save',
        index: 0,
        kind: 'image',
        fileName: 'set/64_00001_.png',
        mediaType: 'image/png',
      },
      { nodeId: 'save', index: 1, fileName: 'set/64_00002_.png' },
    ]);
  });

  it.each(['../up', '/root', 'a/../../b', 'c:\\windows', ''])(
    'does not take the prefix "%s", which leads out of the folder',
    async (filename_prefix) => {
      const workflow = textToImage({ save: { filename_prefix } });
      const { snapshot } = await runToEnd(createExecutor(), workflow);
      expect(snapshot.failure).toMatchObject({ code: 'INVALID_WORKFLOW', nodeId: 'save' });
    },
  );
});

describe('JSON as Python writes it', () => {
  it.each([
    ['{"a": [1, 2.5, true, null]}', { a: [1, 2.5, true, null] }],
    ['[0.0001, 5e-05, 1.5e-07, -2e-12, 0]', [0.0001, 0.00005, 1.5e-7, -2e-12, 0]],
    ['[1e+21, 12345678901234567890]', [1e21, 12345678901234567890n]],
    ['"tab\\t \\u007f \\u00e9 \\u2028"', 'tab\t \u007f é \u2028'],
    ['{"kept": [null]}', { gone: undefined, kept: [undefined] }],
  ])('%s', (text, value) => expect(toPythonJson(value)).toBe(text));
});
