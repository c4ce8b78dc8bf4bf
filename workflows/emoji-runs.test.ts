import { embedded } from '@comfygen/embedded';
import { encodeRgbPng } from '@comfygen/embedded/nodes';
import { checkFlow, createComfyGen, type Flow } from 'comfygen';
import { loadFlows } from 'comfygen/node';
import { createCallContext } from 'comfygen/plugin';
import { afterAll, describe, expect, it } from 'vitest';
import { workflowsUrl } from './index.js';

const executor = embedded();
const flows = (await loadFlows(workflowsUrl)).filter((flow) => flow.baseModel === 'emoji');
const comfygen = createComfyGen({ flows, executor });
afterAll(() => comfygen.dispose());

// A sixteenth of the work of the flows' own size.
const SMALL = { width: 64, height: 64 };
const { width, height } = SMALL;

const NUMBERS = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];
const RELATIONS: Record<string, string> = {
  left: 'left of',
  right: 'right of',
  above: 'above',
  below: 'below',
  beside: 'and',
};

/** The pictures that a flow needs: a grey one, and a mask that is white on its right. */
function picturesFor({ needs: { pictures = [] } }: Flow) {
  const paint = (value: (at: number) => number) =>
    encodeRgbPng(
      width,
      height,
      Uint8Array.from({ length: width * height * 3 }, (_, i) => value(Math.floor(i / 3))),
    );
  return {
    ...(pictures.includes('image') && { images: { image: paint(() => 120) } }),
    ...(pictures.includes('mask') && { mask: paint((at) => (at % width < width / 2 ? 0 : 255)) }),
  };
}

/** A prompt that the flow can take. */
function promptFor({ needs, tags }: Flow): string {
  if (needs.subjects === 2)
    return `a red apple ${RELATIONS[needs.relations?.[0] ?? 'beside']} a frog`;
  const thing = tags.includes('category:vehicles')
    ? 'bus'
    : tags.includes('category:food')
      ? 'apple'
      : 'frog';
  const count = needs.count ?? 1;
  return count === 1 ? `a ${thing}` : `${NUMBERS[count]} ${thing}s`;
}

const isAboutPicture = (sentence: string) => sentence.includes('needs a picture');

describe('the embedded executor', () => {
  it('has every node class and model file of the emoji flows', async () => {
    const inventory = await executor.inventory?.(createCallContext());
    expect(inventory).toBeDefined();
    const lacking = flows
      .map((flow) => ({ id: flow.id, ...checkFlow(flow, { inventory }) }))
      // Pictures come with a brief.
      .map((check) => ({ ...check, unknown: check.unknown.filter((one) => !isAboutPicture(one)) }))
      .filter((check) => !check.canRun || check.unknown.length > 0)
      .map(({ id, reasons, unknown }) => ({ id, reasons, unknown }));
    expect(lacking).toEqual([]);
  });

  it.each(flows.map((flow): [string, Flow] => [flow.id, flow]))('runs %s', async (id, flow) => {
    const result = await comfygen.generate(promptFor(flow), {
      flow: id,
      seed: 1,
      ...(flow.slots.width.length > 0 && SMALL),
      ...picturesFor(flow),
    });
    expect(result.flow.id).toBe(id);
    expect(result.images).toHaveLength(1);
    expect([...result.best.bytes.slice(1, 4)]).toEqual([...Buffer.from('PNG')]);
    // Some flows make a larger picture of a small one.
    const { warnings } = result;
    expect(warnings.filter(({ code }) => code !== 'size-differs')).toEqual([]);
  });
});
