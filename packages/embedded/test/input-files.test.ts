import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCallContext, type Workflow } from 'comfygen/plugin';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeRgbPng } from '../src/nodes/index.ts';
import { meanColour, pixelsOf } from './support/png.ts';
import { createExecutor, runToEnd } from './support/run-plan.ts';

const ctx = createCallContext();
const mediaType = 'image/png';
const plain = (grey: number) => encodeRgbPng(16, 8, new Uint8Array(16 * 8 * 3).fill(grey));

const show = (image: string): Workflow => ({
  load: { class_type: 'LoadImage', inputs: { image } },
  show: { class_type: 'PreviewImage', inputs: { images: ['load', 0] } },
});

describe('uploaded pictures', () => {
  it('are what LoadImage reads', async () => {
    const executor = createExecutor();
    const { name, warnings } = await executor.upload!(
      { name: 'in.png', bytes: plain(90), mediaType },
      ctx,
    );
    expect([name, warnings]).toEqual(['in.png', []]);
    const [pixels = []] = pixelsOf(await runToEnd(executor, show(name)));
    expect(meanColour(pixels)).toEqual([90, 90, 90]);
    const { catalogue } = await executor.inventory!(ctx);
    expect(catalogue?.['LoadImage']?.input?.required?.['image']).toMatchObject([['in.png'], {}]);
  });

  it('get another name where it is taken by other bytes', async () => {
    const executor = createExecutor();
    const upload = async (grey: number) =>
      (await executor.upload!({ name: 'in.png', bytes: plain(grey), mediaType }, ctx)).name;
    expect([await upload(1), await upload(2), await upload(1)]).toEqual([
      'in.png',
      'in (1).png',
      'in.png',
    ]);
  });

  it('are copied', async () => {
    const executor = createExecutor();
    const bytes = plain(50);
    await executor.upload!({ name: 'in.png', bytes, mediaType }, ctx);
    bytes.fill(0);
    const { snapshot } = await runToEnd(executor, show('in.png'));
    expect(snapshot.state).toBe('succeeded');
  });

  it.each(['../in.png', '/etc/in.png', '', 'a\0b.png'])('refuses the name %j', async (name) => {
    const uploading = createExecutor().upload!({ name, bytes: plain(1), mediaType }, ctx);
    await expect(uploading).rejects.toMatchObject({ code: 'INVALID_WORKFLOW' });
  });

  it('warns of what LoadImage cannot read', async () => {
    const bytes = new Uint8Array([0xff, 0xd8, 0xff]);
    const executor = createExecutor();
    const { warnings } = await executor.upload!(
      { name: 'in.jpg', bytes, mediaType: 'image/jpeg' },
      ctx,
    );
    expect(warnings).toMatchObject([{ code: 'unreadable-upload' }]);
    const { snapshot } = await runToEnd(executor, show('in.jpg'));
    expect(snapshot.failure).toMatchObject({ code: 'UNSUPPORTED_FORMAT', nodeId: 'load' });
  });
});

describe('the input folder', () => {
  let inputDir = '';
  beforeAll(async () => {
    inputDir = await mkdtemp(join(tmpdir(), `comfygen-${randomUUID()}`));
    await writeFile(join(inputDir, 'there.png'), plain(30));
  });
  afterAll(() => rm(inputDir, { recursive: true }));

  it('is where LoadImage reads what was not uploaded', async () => {
    const executor = createExecutor({ inputDir });
    const [pixels = []] = pixelsOf(await runToEnd(executor, show('there.png')));
    expect(meanColour(pixels)).toEqual([30, 30, 30]);
  });

  it.each(['gone.png', '../there.png'])('does not give %s', async (name) => {
    const { snapshot } = await runToEnd(createExecutor({ inputDir }), show(name));
    expect(snapshot.failure).toMatchObject({ nodeId: 'load' });
    expect(['MISSING_INPUT', 'INVALID_WORKFLOW']).toContain(snapshot.failure?.code);
  });

  it('says so where it cannot be listed', async () => {
    const executor = createExecutor({ inputDir: join(inputDir, 'no-such-folder') });
    await expect(executor.inventory!(ctx)).rejects.toMatchObject({ code: 'FILE_ACCESS' });
  });
});
