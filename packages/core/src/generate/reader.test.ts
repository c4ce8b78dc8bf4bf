import { describe, expect, it } from 'vitest';
import { defineFlow } from '../library/define-flow.ts';
import type { BriefParts, Inventory, PromptReader } from '../spec/index.ts';
import { instantClock } from '../testing/reference/instant-clock.ts';
import { scriptedBackend } from '../testing/reference/scripted-executor.ts';
import { backwards, byteWeight } from '../testing/reference/sound-parts.ts';
import { createTestGraph } from '../testing/test-flow.ts';
import { wrapExecutor, wrapScorer, wrapSelector } from '../util/wrap.ts';
import { createComfyGen } from './create-comfygen.ts';
import type { ComfyGenOptions } from './types.ts';

const plain = defineFlow({ id: 'plain', workflow: createTestGraph() });
const counted = defineFlow({
  id: 'counted',
  workflow: createTestGraph({ sampler: { steps: 5 } }),
  needs: { count: 3 },
});
const template = [{ node: 'positive', input: 'text', template: '{object}, ink' }];
const inked = defineFlow({
  id: 'inked',
  workflow: createTestGraph({ sampler: { steps: 6 } }),
  slots: { prompt: template },
});

function setUp(options: Partial<ComfyGenOptions> = {}) {
  const asked: string[] = [];
  const parts: BriefParts = { subjects: ['Fuchs'], relation: null, count: 3, scene: '' };
  const reader: PromptReader = (prompt) => {
    asked.push(prompt);
    return parts;
  };
  const executor = scriptedBackend(['succeed']).create();
  const host = { flows: [plain], executor, clock: instantClock(), reader };
  const comfygen = createComfyGen({ ...host, ...options });
  const generate = (prompt = 'drei Füchse') => comfygen.generate(prompt, { seed: 1 });
  return { asked, parts, executor, comfygen, generate };
}

describe('a prompt', () => {
  it('is not split where nothing reads its parts', async () => {
    const { asked, generate } = setUp();
    const { brief, record } = await generate();
    expect(asked).toEqual([]);
    expect(brief.parts).toBeUndefined();
    expect(record.brief).not.toHaveProperty('parts');
  });

  it.each<[what: string, options: Partial<ComfyGenOptions>]>([
    ['a flow that states needs', { flows: [plain, counted] }],
    ['a flow whose text names a part', { flows: [plain, inked] }],
    [
      'a selector',
      {
        selector: wrapSelector(backwards, (part) => ({
          supports: { ...part.supports, parts: true },
        })),
      },
    ],
    [
      'a scorer',
      {
        scorer: wrapScorer(byteWeight, (part) => ({ supports: { ...part.supports, parts: true } })),
      },
    ],
  ])('is split once, by the host’s own reader, for %s', async (_what, options) => {
    const { asked, parts, generate } = setUp(options);
    const { brief, record } = await generate();
    expect(asked).toEqual(['drei Füchse']);
    expect(brief.parts).toEqual(parts);
    expect(record.brief).toMatchObject({ parts });
  });

  it('is not split for a flow that can’t run here', async () => {
    const inventory: Inventory = { catalogue: {}, models: {}, source: 'nowhere' };
    const { executor } = setUp();
    const bare = wrapExecutor(executor, (part) => ({
      supports: { ...part.supports, inventory: true },
      inventory: async () => inventory,
    }));
    const { asked, comfygen } = setUp({ flows: [counted], executor: bare });
    await expect(comfygen.select('drei Füchse', { seed: 1 })).rejects.toMatchObject({
      code: 'NO_FLOW',
    });
    expect(asked).toEqual([]);
  });

  it('is read as English where the host gives no reader', async () => {
    const { comfygen } = setUp({ flows: [counted, plain], reader: undefined });
    const { offered, brief } = await comfygen.select('three red foxes', { seed: 1 });
    expect(offered).toEqual(['counted', 'plain']);
    expect(brief.parts).toMatchObject({ subjects: ['red fox'], count: 3 });
  });

  it('whose reader fails is no run, and the reader is named', async () => {
    const reader = () => Promise.reject(new Error('no grammar'));
    const { generate } = setUp({ flows: [counted], reader });
    await expect(generate()).rejects.toMatchObject({
      code: 'PART_FAILED',
      message: 'reader prompt-parts failed: no grammar',
      part: { role: 'reader' },
    });
  });
});
