import { runAtOnce } from 'comfygen/plugin';
import { describe, expect, it } from 'vitest';
import { loadIconSet } from './art/icon-set.ts';
import { loadRasterizer, rasterize, type Sprite } from './art/rasterize.ts';
import { recolour } from './bank/recolour.ts';
import { createEmojiLibrary } from './emoji-library.ts';
import { LORAS } from './files/loras.ts';
import { COLOUR_NAMES, COLOURS } from './words/colours.ts';

const library = createEmojiLibrary();
await loadRasterizer();
const noto = await loadIconSet('noto');
const frog = runAtOnce(rasterize(noto.svg('frog'), 64));

const meanColour = ({ data }: Sprite) => {
  const sum = [0, 0, 0, 0];
  for (let i = 0; i < data.length; i++) sum[i % 4] = (sum[i % 4] as number) + (data[i] as number);
  return sum.slice(0, 3).map((value) => value / (sum[3] as number));
};

describe('createEmojiLibrary', () => {
  it('lists its files by folder', () => {
    const counts = ['checkpoints', 'loras', 'vae', 'upscale_models', 'controlnet'].map(
      (folder) => library.list(folder).length,
    );
    expect(counts).toEqual([7, 4, 2, 3, 0]);
  });

  it('loads all that it lists, and a checkpoint once', async () => {
    for (const name of library.list('loras')) await library.loadLora(name);
    for (const name of library.list('vae')) await library.loadVae(name);
    for (const name of library.list('upscale_models')) await library.loadUpscaleModel(name);
    const [first, second] = ['emoji-ink.safetensors', 'emoji-ink.safetensors'].map((name) =>
      library.loadCheckpoint(name),
    );
    expect(await first).toBe(await second);
  });

  it.each([
    ['checkpoints', () => library.loadCheckpoint('sd.safetensors')],
    ['loras', () => library.loadLora('toString')],
    ['vae', () => library.loadVae('x')],
    ['upscale_models', () => library.loadUpscaleModel('__proto__')],
  ])('names what there is in %s where a file is missing', async (folder, load) => {
    await expect(load()).rejects.toMatchObject({
      code: 'MISSING_MODEL',
      message: expect.stringContaining(library.list(folder)[0] ?? ''),
    });
  });

  it('refuses a LoRA of other models', async () => {
    const { model, clip } = await library.loadCheckpoint('emoji-animals.safetensors');
    for (const use of [model, clip]) {
      expect(() => use.withLora({ name: 'sdxl.safetensors' }, 1)).toThrowError(
        expect.objectContaining({ code: 'INVALID_WORKFLOW' }),
      );
    }
  });
});

describe('LoRAs', () => {
  it('paint differently, within the drawing and within 0 to 1', () => {
    const painted = Object.values(LORAS).map((lora) => runAtOnce(lora.paint(frog)));
    for (const { data, side } of painted) {
      expect(side).toBe(64);
      expect(data.every((value) => value >= 0 && value <= 1)).toBe(true);
    }
    expect(new Set(painted.map((sprite) => sprite.data.join())).size).toBe(4);
  });
});

describe('recolour', () => {
  it.each(COLOUR_NAMES)('makes a frog %s', (name) => {
    const colour = meanColour(runAtOnce(recolour(frog, name)));
    const distance = (other: readonly number[]) =>
      Math.hypot(...colour.map((value, c) => value - (other[c] as number)));
    const nearest = [...COLOUR_NAMES].sort((a, b) => distance(COLOURS[a]) - distance(COLOURS[b]));
    expect(nearest.slice(0, 2)).toContain(name);
  });

  it('leaves the outline and the original as they are', () => {
    const before = frog.data.slice();
    const { data } = runAtOnce(recolour(frog, 'blue'));
    for (let i = 3; i < data.length; i += 4) expect(data[i]).toBe(frog.data[i]);
    expect(frog.data).toEqual(before);
  });
});

describe('upscalers', () => {
  it.each(library.list('upscale_models'))(
    '%s enlarges without going beyond what was there',
    async (name) => {
      const model = await library.loadUpscaleModel(name);
      const data = new Float32Array(8 * 8 * 3).map((_, i) =>
        Math.floor(i / 3) % 8 < 4 ? 0.2 : 0.8,
      );
      const out = runAtOnce(model.upscale({ count: 1, height: 8, width: 8, data }));
      expect([out.width, out.height]).toEqual([8 * model.scale, 8 * model.scale]);
      expect(out.data).toHaveLength(out.width * out.height * 3);
      expect(Math.min(...out.data)).toBeGreaterThan(0.1);
      expect(Math.max(...out.data)).toBeLessThan(0.9);
    },
  );

  it('differ in how steep an edge gets', async () => {
    const data = new Float32Array(8 * 8 * 3).map((_, i) => (Math.floor(i / 3) % 8 < 4 ? 0.2 : 0.8));
    const steepness = async (name: string) => {
      const model = await library.loadUpscaleModel(name);
      const { data: out, width } = runAtOnce(
        model.upscale({ count: 1, height: 8, width: 8, data }),
      );
      const line = Array.from({ length: width }, (_, x) => out[(width * 8 + x) * 3] as number);
      return Math.max(...line.slice(1).map((value, x) => value - (line[x] as number)));
    };
    expect(await steepness('emoji-upscale-2x.pth')).toBeGreaterThan(
      (await steepness('emoji-smooth-2x.pth')) * 1.2,
    );
  });
});
