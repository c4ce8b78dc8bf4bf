import type { InputValue, Workflow } from 'comfygen/plugin';
import { describe, expect, it } from 'vitest';
import { textToImage } from './support/graphs.ts';
import { createExecutor, runToEnd, submit } from './support/run-plan.ts';
import { createTwoColourLibrary } from './support/two-colour-library.ts';

const refusals: [reason: string, Workflow, code: string, words: RegExp][] = [
  [
    'a node class that it does not have, even where no output needs it',
    { ...textToImage(), extra: { class_type: 'FluxGuidance', inputs: {} } },
    'MISSING_NODE',
    /Node extra \(FluxGuidance\)/,
  ],
  [
    'an unknown checkpoint',
    withInput('loader', 'ckpt_name', 'sdxl.safetensors'),
    'MISSING_MODEL',
    /"sdxl.safetensors".*two-colours/,
  ],
  [
    'an unknown sampler',
    withInput('sampler', 'sampler_name', 'uni_pc'),
    'INVALID_WORKFLOW',
    /"sampler_name" must be one of euler/,
  ],
  [
    'an unknown scheduler',
    withInput('sampler', 'scheduler', 'fast'),
    'INVALID_WORKFLOW',
    /"scheduler".*karras/,
  ],
  [
    'a number below its range',
    withInput('latent', 'width', 0),
    'INVALID_WORKFLOW',
    /"width" must be 16 or more/,
  ],
  [
    'a number above its range',
    withInput('sampler', 'denoise', 1.5),
    'INVALID_WORKFLOW',
    /"denoise" must be 1 or less/,
  ],
  ['half a step', withInput('sampler', 'steps', 2.5), 'INVALID_WORKFLOW', /"steps" must be whole/],
  [
    'a text for a number',
    withInput('sampler', 'cfg', '8'),
    'INVALID_WORKFLOW',
    /"cfg" must be a number/,
  ],
  ['a seed above 2^64 − 1', withInput('sampler', 'seed', 2n ** 64n), 'INVALID_WORKFLOW', /"seed"/],
  [
    'a seed that no number holds exactly',
    withInput('sampler', 'seed', 2 ** 53),
    'INVALID_WORKFLOW',
    /bigint/,
  ],
  [
    'a value where a link belongs',
    withInput('decode', 'vae', 'none'),
    'INVALID_WORKFLOW',
    /"vae" takes VAE from another node/,
  ],
  [
    'a link to nowhere',
    withInput('decode', 'samples', ['9', 0]),
    'INVALID_WORKFLOW',
    /node 9, which does not exist/,
  ],
  [
    'an output that a node does not have',
    withInput('decode', 'samples', ['loader', 3]),
    'INVALID_WORKFLOW',
    /output 3 of node loader/,
  ],
  [
    'a link of the wrong type',
    withInput('decode', 'samples', ['loader', 0]),
    'INVALID_WORKFLOW',
    /takes LATENT.*gives MODEL/,
  ],
  [
    'a circle',
    withInput('sampler', 'latent_image', ['sampler', 0]),
    'INVALID_WORKFLOW',
    /cycle.*sampler/,
  ],
  [
    'an input that is not there',
    withInput('sampler', 'seed', undefined),
    'MISSING_INPUT',
    /"seed" is missing/,
  ],
  ['a graph without an output', omit('save'), 'INVALID_WORKFLOW', /no output node/],
];

describe('before anything runs', () => {
  it.each(refusals)('refuses %s', async (_, workflow, code, words) => {
    const uses: string[] = [];
    const executor = createExecutor({ models: createTwoColourLibrary((use) => uses.push(use)) });
    const error = await submit(executor, workflow).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code, message: expect.stringMatching(words) });
    expect(uses).toEqual([]);
  });

  it('says which inputs and nodes it leaves out', async () => {
    const workflow = withInput('save', 'quality', 90);
    workflow['spare'] = { class_type: 'EmptyImage', inputs: {} };
    const { snapshot } = await runToEnd(createExecutor(), workflow);
    expect(snapshot.state).toBe('succeeded');
    expect(snapshot.warnings).toMatchObject([
      { code: 'undeclared-input', details: { nodeId: 'save', inputs: ['quality'] } },
      { code: 'unused-nodes', details: { nodeIds: ['spare'] } },
    ]);
  });
});

it('fails with the node named where only running shows the fault', async () => {
  const workflow = textToImage({ sampler: { scheduler: 'kl_optimal', steps: 1 } });
  const { snapshot } = await runToEnd(createExecutor(), workflow);
  expect(snapshot).toMatchObject({
    state: 'failed',
    failure: { code: 'INVALID_WORKFLOW', nodeId: 'sampler', classType: 'KSampler' },
  });
  expect(snapshot.failure?.message).toMatch(/kl_optimal needs at least 2 steps/);
});

function withInput(id: string, name: string, value: unknown): Workflow {
  return textToImage({ [id]: { [name]: value as InputValue } });
}

function omit(id: string): Workflow {
  const { [id]: _, ...rest } = textToImage();
  return rest;
}
