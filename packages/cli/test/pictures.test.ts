import { mkdir, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startFakeComfyui } from '@comfygen/executors/testing';
import { createTestGraph, encodePng } from 'comfygen/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { runCli, tempFolder } from './run-cli.ts';

const picture = (width: number) => encodePng(width, 4, () => [9, 9, 9]);

async function setUp() {
  const fake = await startFakeComfyui();
  onTestFinished(() => fake.close());
  const cwd = await tempFolder();
  const graph = createTestGraph({ sampler: { denoise: 0.7, latent_image: ['encode', 0] } });
  graph['photo'] = { class_type: 'LoadImage', inputs: { image: 'mine.png' } };
  graph['edges'] = {
    class_type: 'LoadImage',
    inputs: { image: 'edges.png' },
    _meta: { title: 'Line Art' },
  };
  graph['join'] = {
    class_type: 'ImageBlend',
    inputs: { image1: ['photo', 0], image2: ['edges', 0], blend_factor: 0.5, blend_mode: 'normal' },
  };
  const encode = {
    pixels: ['join', 0] as [string, number],
    vae: ['loader', 2] as [string, number],
  };
  graph['encode'] = {
    class_type: 'VAEEncodeForInpaint',
    inputs: { ...encode, mask: ['photo', 1], grow_mask_by: 6 },
  };
  await writeFile(join(cwd, 'paint.json'), JSON.stringify(graph));
  const slots = {
    pictures: {
      image: [{ node: 'photo', input: 'image' }],
      'line-art': [{ node: 'edges', input: 'image' }],
    },
  };
  await writeFile(join(cwd, 'paint.flow.json'), JSON.stringify({ slots }));
  await writeFile(join(cwd, 'a.png'), picture(4));
  await writeFile(join(cwd, 'line-art=b.png'), picture(5));
  await writeFile(join(cwd, 'b.png'), picture(6));
  const base = ['generate', 'a fox', '--flows', 'paint.json', '--only', '--url', fake.url];
  const run = (...args: string[]) => runCli([...base, '--seed', '1', '--quiet', ...args], { cwd });
  return { cwd, fake, run };
}

describe('generate with pictures', () => {
  it('uploads each and runs the graph with it', async () => {
    const { fake, run } = await setUp();
    const { code, stdout, stderr } = await run(
      ...['--image', 'a.png', '--image', 'line-art=./b.png', '--mask', 'a.png'],
      ...['--strength', '0.25', '--json'],
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({ flow: { id: 'paint' } });
    const posted = fake.requests.find(({ path }) => path === '/api/prompt')!.json() as {
      prompt: { [id: string]: { class_type: string; inputs: { [name: string]: unknown } } };
    };
    const { photo, edges, sampler, ...rest } = posted.prompt;
    expect(photo!.inputs['image']).toMatch(/^comfygen-[0-9a-f]{16}\.png$/);
    expect(edges!.inputs['image']).not.toBe(photo!.inputs['image']);
    expect(sampler!.inputs['denoise']).toBe(0.25);
    expect(rest['photo-mask']).toMatchObject({
      class_type: 'LoadImageMask',
      inputs: { image: photo!.inputs['image'], channel: 'red' },
    });
    // The mask has the bytes of the image here.
    expect(fake.count('POST /api/upload/image')).toBe(2);
  });

  it('takes the whole name for a file where there is one', async () => {
    const { run } = await setUp();
    const { code, stderr } = await run('--image', 'line-art=b.png', '--mask', 'a.png');
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining('4 × 4 pixels, and its image 5 × 4'),
    ]);
  });

  it.each<[string, string[], string, string]>([
    ['stdin', ['--image', '-'], 'INVALID_BRIEF', 'does not read stdin'],
    ['no such file', ['--mask', 'none.png'], 'FILE_ACCESS', 'none.png: it does not exist'],
    ['a folder', ['--image', 'dir'], 'FILE_ACCESS', 'dir'],
    ['text', ['--image', 'paint.json'], 'INVALID_BRIEF', 'images.image must be the bytes of'],
    ['a file of 200 MB', ['--image', 'large.png'], 'INVALID_BRIEF', 'large.png'],
    ['one slot twice', ['--image', 'a.png', '--image', 'image=b.png'], 'INVALID_BRIEF', 'as image'],
    ['a slot that is none', ['--image', 'imge=a.png'], 'NO_FLOW', 'did you mean image?'],
    ['a strength above 1', ['--strength', '2'], 'INVALID_OPTIONS', 'from 0 to 1'],
  ])('refuses %s, with nothing sent', async (_what, args, code, told) => {
    const { cwd, fake, run } = await setUp();
    await mkdir(join(cwd, 'dir'));
    await writeFile(join(cwd, 'large.png'), picture(4));
    await truncate(join(cwd, 'large.png'), 200_000_000);
    const { stderr, code: exit } = await run(...args);
    expect(exit).not.toBe(0);
    expect(stderr).toContain(told);
    if (code !== 'INVALID_OPTIONS') expect(stderr).toContain(code);
    expect(fake.requests.filter(({ method }) => method === 'POST')).toEqual([]);
  });
});
