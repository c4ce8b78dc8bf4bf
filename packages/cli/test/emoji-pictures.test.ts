import { embedded } from '@comfygen/embedded';
import { encodeRgbPng } from '@comfygen/embedded/nodes';
import { adherence } from '@comfygen/embedded/scorer';
import { rules } from '@comfygen/selectors/rules';
import { workflowsUrl } from '@comfygen/workflows';
import { createComfyGen } from 'comfygen';
import { loadFlows } from 'comfygen/node';
import { createCallContext } from 'comfygen/plugin';
import { decode } from 'fast-png';
import { afterAll, describe, expect, it } from 'vitest';

const flows = await loadFlows(workflowsUrl);
const comfygen = createComfyGen({
  flows,
  executor: embedded(),
  selector: rules(),
  scorer: adherence(),
});
afterAll(() => comfygen.dispose());

const SIDE = 256;
const isRight = (at: number) => at % SIDE > SIDE / 2;
/** White where a pixel, counted row by row, is to be painted anew. */
const maskOf = (isIn: (at: number) => boolean) =>
  encodeRgbPng(
    SIDE,
    SIDE,
    Uint8Array.from({ length: SIDE * SIDE * 3 }, (_, i) => (isIn(Math.floor(i / 3)) ? 255 : 0)),
  );
const { best: apple } = await comfygen.generate('a red apple at night', { seed: 3 });
const images = { image: apple.bytes };

describe('the library’s flows, by rules', () => {
  it.each([
    ['a lemon', { images }, 'emoji-repaint'],
    ['three red frogs', { images, strength: 0.9 }, 'emoji-repaint'],
    ['a lemon', { images, mask: maskOf(isRight) }, 'emoji-inpaint'],
    ['a pixel art owl', { images, mask: maskOf(isRight) }, 'emoji-inpaint'],
  ])('are chosen by what is brought: %s', async (prompt, brought, flow) => {
    const { selection } = await comfygen.select(prompt, brought);
    expect(selection.ranked[0]?.flowId).toBe(flow);
  });

  it.each(['a lemon', 'paint a part of this picture anew', 'change the picture'])(
    'are none of those that take a picture without one: %s',
    async (prompt) => {
      const { selection, skipped } = await comfygen.select(prompt);
      const takers = ['emoji-inpaint', 'emoji-repaint'];
      expect(selection.ranked.filter(({ flowId }) => takers.includes(flowId))).toEqual([]);
      for (const flowId of takers) {
        const { reasons } = skipped.find((one) => one.flowId === flowId)!;
        expect(reasons.map(({ code }) => code)).toContain('needs-picture');
      }
    },
  );
});

/** The colour of a pixel of a picture, 0 to 255. */
function colourAt({ bytes }: { bytes: Uint8Array }, x: number, y: number): number[] {
  const { width, data } = decode(bytes);
  return [...data.slice((y * width + x) * 3, (y * width + x) * 3 + 3)];
}
const CORNERS = [
  [0, 0],
  [SIDE - 1, SIDE - 1],
] as const;

describe('a picture of the emoji world', () => {
  it.each([
    ['whole', {}],
    ['in part', { mask: maskOf((at) => at > 12 * SIDE && at < (SIDE - 12) * SIDE) }],
  ])('is painted anew %s, on the ground that it had', async (_, more) => {
    const { best } = await comfygen.generate('a lemon', { seed: 4, images, ...more });
    expect(best.score?.value).toBeGreaterThan(0.9);
    for (const [x, y] of CORNERS) {
      const [now, before] = [colourAt(best, x, y), colourAt(apple, x, y)];
      expect(Math.max(...now.map((value, c) => Math.abs(value - before[c]!)))).toBeLessThan(8);
    }
  });

  it('stays what it is without strength', async () => {
    const at = async (strength: number) =>
      (await comfygen.generate('a green apple', { seed: 4, images, strength })).best.score?.value;
    expect(await at(0)).toBeLessThan(0.5);
    expect(await at(0.7)).toBeGreaterThan(0.9);
  });

  it('is sent anew where the executor has let go of it', async () => {
    const executor = embedded({ maxUploadBytes: apple.bytes.length });
    const own = createComfyGen({ flows, executor });
    const repaint = () =>
      own.generate('a lemon', { flow: 'emoji-repaint', seed: 4, images: { image: apple.bytes } });
    const first = await repaint();
    // Another file takes its place.
    const other = { name: 'other.png', bytes: apple.bytes.slice(1), mediaType: 'image/png' };
    await executor.upload!(other, createCallContext());
    const again = await repaint();
    expect(again.best.hash).toBe(first.best.hash);
    await own.dispose();
  });
});
