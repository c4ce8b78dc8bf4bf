import { describe, expect, it } from 'vitest';
import { graphNode as node, textToImage } from '../../../test/graphs.ts';
import { sampler, slotsOf } from '../../../test/slots-of.ts';
import { coreCatalogue } from '../catalogue.ts';
import { parseWorkflow } from '../read.ts';

describe('seeds', () => {
  const seeded = (inputs: { [name: string]: number | string | [string, number] }) =>
    textToImage({
      '3': node('KSampler', { ...sampler, seed: ['20', 0] }),
      '20': node('Seeder', inputs),
      '21': node('Reroute', { '': ['22', 0] }),
      '22': node('Number', { value: 7 }),
    });

  it.each([
    [{ seed: 5, mode: 'fixed', step: 1 }, '20.seed'],
    [{ int: 5 }, '20.int'],
    [{ value: 5, min: 0, max: 9 }, '20.value'],
    [{ seed: '5' }, '20.seed'],
    [{ any: ['21', 0] as [string, number] }, '22.value'],
  ])('stand in nodes that hold nothing else: %o', (inputs, slot) => {
    expect(slotsOf(seeded(inputs))['seed']).toEqual([slot]);
  });

  it('that a node computes are no slots', () => {
    expect(slotsOf(seeded({ a: ['22', 0], b: 3, value: 2 }))['seed']).toEqual([]);
  });

  it('may be texts or placeholders, and so may sizes', () => {
    const graph = textToImage({
      '3': node('KSampler', { ...sampler, seed: '%seed%' }),
      '5': node('EmptyLatentImage', { width: '640', height: '{{height}}', batch_size: '1' }),
    });
    expect(slotsOf(graph)).toMatchObject({
      ...{
        seed: ['3.seed'],
        width: ['5.width'],
        height: ['5.height'],
        batchSize: ['5.batch_size'],
      },
    });
  });
});

describe('sizes', () => {
  /** What ComfyUI's own catalogue says makes a latent of a given size from none. */
  const makers = Object.entries(coreCatalogue).filter(([, { input, output }]) => {
    const names = { ...input?.required, ...input?.optional };
    return output?.includes('LATENT') && 'width' in names && !('samples' in names);
  });

  it('are found in every core class that makes latents', () => {
    expect(makers.length).toBeGreaterThan(5);
    for (const [name, { input }] of makers) {
      const names = Object.keys({ ...input?.required, ...input?.optional });
      const has = (one: string, value: number) => (names.includes(one) ? { [one]: value } : {});
      const inputs = {
        ...{ width: 640, height: 480 },
        ...has('batch_size', 1),
        ...has('length', 33),
        ...has('video_frames', 14),
      };
      const { width, height } = slotsOf(textToImage({ '5': node(name, inputs) }));
      expect([name, width, height]).toEqual([name, ['5.width'], ['5.height']]);
    }
  });

  it('are not those that a picture is brought to, nor those that a list overrules', () => {
    const scaled = textToImage({
      '5': node('VAEEncode', { pixels: ['20', 0], vae: ['4', 2] }),
      '20': node('ImageScale', { image: ['21', 0], width: 640, height: 480 }),
      '21': node('LoadImage', { image: 'a.png' }),
    });
    expect(slotsOf(scaled)).toMatchObject({ width: [], height: [], batchSize: [] });
    const size = { width: 640, height: 480, batch_size: 1 };
    const listed = textToImage({ '5': node('Sizes', { ...size, aspect_ratio: '3:4 portrait' }) });
    expect(slotsOf(listed)).toMatchObject({ width: [], height: [] });
    const own = textToImage({ '5': node('Sizes', { ...size, aspect_ratio: 'custom' }) });
    expect(slotsOf(own)).toMatchObject({ width: ['5.width'], height: ['5.height'] });
  });

  it('are those of the node that holds both, each under its own name', () => {
    const graph = textToImage({
      '5': node('EmptyLatentImage', { width: ['20', 1], height: ['20', 0], batch_size: 1 }),
      '20': node('Two Sides', { width: 640, height: 480 }),
    });
    expect(slotsOf(graph)).toMatchObject({ width: ['20.width'], height: ['20.height'] });
    expect(slotsOf(parseWorkflow(JSON.stringify(graph)))).toEqual(slotsOf(graph));
  });
});
