import { createCallContext, splitPrompt } from 'comfygen/plugin';
import { expect, it } from 'vitest';
import { embedded } from '../src/index.ts';
import { adherence } from '../src/scorer/index.ts';
import { textToImage } from './support/graphs.ts';
import { createPlan, runToEnd } from './support/run-plan.ts';

it('scores what the executor drew: right under its prompt, wrong under others', async () => {
  const graph = textToImage({
    loader: { ckpt_name: 'emoji-world-noto.safetensors' },
    positive: { text: 'a red car' },
    latent: { width: 256, height: 256 },
    sampler: { steps: 12, cfg: 4, scheduler: 'karras' },
  });
  const { files } = await runToEnd(embedded(), graph);
  const image = { bytes: files[0]!.bytes, mediaType: 'image/png' };
  const scorer = adherence();
  const worth = async (prompt: string) => {
    const brief = { ...createPlan(graph).brief, prompt, parts: splitPrompt(prompt) };
    return (await scorer.score({ image, brief }, createCallContext())).value;
  };
  expect(await worth('a red car')).toBeGreaterThan(0.5);
  for (const prompt of ['a red fox', 'a blue car', 'three red cars', 'a red car above a house']) {
    expect(await worth(prompt), prompt).toBeLessThan(0.5);
  }
});
