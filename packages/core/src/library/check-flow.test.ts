import { describe, expect, it } from 'vitest';
import type { Brief, BriefParts, Flow, Inventory, ModelRequirement } from '../spec/index.ts';
import { createTestBrief } from '../testing/test-brief.ts';
import { createTestFlow, createTestGraph } from '../testing/test-flow.ts';
import { checkFlow, filterFlows } from './check-flow.ts';
import { defineFlow } from './define-flow.ts';

const model = (overrides: Partial<ModelRequirement> = {}): ModelRequirement => ({
  folder: 'checkpoints',
  file: 'base.safetensors',
  licence: 'Apache-2.0',
  commercialUse: true,
  url: 'https://example.com/base.safetensors',
  sizeBytes: null,
  source: null,
  ...overrides,
});

const flow = (overrides: Partial<Flow> = {}): Flow =>
  createTestFlow('plain', {
    models: [model()],
    classes: ['KSampler', 'SaveImage'],
    ...overrides,
  });

const brief = (parts: Partial<BriefParts>, limits: Brief['limits'] = {}): Brief =>
  createTestBrief('a fox', {
    parts: { subjects: ['fox'], relation: null, count: 1, scene: '', ...parts },
    limits,
  });

const inventory: Inventory = {
  catalogue: { KSampler: {}, SaveImage: {} },
  models: { checkpoints: ['base.safetensors'] },
  source: 'Test 1.0',
};

describe('a flow against an inventory', () => {
  it('can run where every class and file is there', () => {
    expect(checkFlow(flow(), { inventory })).toEqual({
      canRun: true,
      reasons: [],
      missing: { classes: [], models: [] },
      unknown: [],
    });
  });

  it('names the missing classes and files, and where to get the files', () => {
    const check = checkFlow(
      flow({ classes: ['KSampler', 'Magic'], models: [model({ file: 'other.safetensors' })] }),
      { inventory },
    );
    expect(check.canRun).toBe(false);
    expect(check.missing.classes).toEqual(['Magic']);
    expect(check.missing.models.map((one) => one.file)).toEqual(['other.safetensors']);
    expect(check.reasons.map((reason) => reason.code)).toEqual(['missing-class', 'missing-model']);
    expect(check.reasons[1]?.message).toContain('https://example.com/base.safetensors');
  });

  describe('with a file whose folder only its class knows', () => {
    const packed = flow({
      classes: ['Pack'],
      models: [model({ folder: null, file: 'a/big.gguf' })],
      workflow: {
        '1': { class_type: 'Pack', inputs: { name: 'a/big.gguf' } },
        '2': { class_type: 'Words', inputs: { text: 'a house' } },
      },
      slots: { ...createTestFlow().slots, prompt: [{ node: '2', input: 'text' }] },
    });
    const judge = (offered: unknown, files: string[] = []) => {
      const Pack = { input: { required: { name: offered } } };
      const models = { checkpoints: [], odd: files };
      const { canRun, missing, unknown } = checkFlow(packed, {
        inventory: { ...inventory, catalogue: { Pack }, models },
      });
      return [canRun, missing.models.length, unknown.length];
    };

    it('goes by the names that the class offers', () => {
      expect(judge([['a\\big.gguf', 'small.gguf']])).toEqual([true, 0, 0]);
      expect(judge(['COMBO', { options: ['small.gguf'] }], ['a/big.gguf'])).toEqual([false, 1, 0]);
    });

    it('else by the files of all folders, and leaves it open where none has it', () => {
      expect(judge(['STRING'], ['a/big.gguf'])).toEqual([true, 0, 0]);
      expect(judge(['STRING'], ['small.gguf'])).toEqual([true, 0, 1]);
    });
  });

  it('points to a copy of the file that lies in a subfolder, which the server would refuse', () => {
    const stocked = { ...inventory, models: { checkpoints: ['SDXL\\base.safetensors'] } };
    const check = checkFlow(flow(), { inventory: stocked });
    expect(check.canRun).toBe(false);
    expect(check.reasons[0]?.message).toContain('SDXL\\base.safetensors');
  });

  it('takes either slash in a file name', () => {
    const stocked = { ...inventory, models: { checkpoints: ['SDXL\\base.safetensors'] } };
    const check = checkFlow(flow({ models: [model({ file: 'SDXL/base.safetensors' })] }), {
      inventory: stocked,
    });
    expect(check.canRun).toBe(true);
  });

  it('says what a backend keeps to itself instead of failing on it', () => {
    const check = checkFlow(flow(), {
      inventory: { catalogue: null, models: {}, source: 'Cloud' },
    });
    expect(check.canRun).toBe(true);
    expect(check.unknown).toEqual([
      'Cloud does not list its node classes',
      'Cloud does not list the files of checkpoints',
    ]);
  });

  it('is not fooled by names that every object has', () => {
    const check = checkFlow(
      flow({ classes: ['constructor'], models: [model({ folder: 'toString' })] }),
      { inventory },
    );
    expect(check.missing.classes).toEqual(['constructor']);
    expect(check.unknown).toEqual(['Test 1.0 does not list the files of toString']);
  });
});

describe('a flow against a brief', () => {
  const pair = flow({ needs: { subjects: 2, relations: ['left', 'beside'], count: 1 } });

  it('fits the number of subjects, the relation and the count that it is made for', () => {
    const parts = { subjects: ['apple', 'frog'], relation: 'left' } as const;
    expect(
      checkFlow(pair, { brief: brief({ ...parts, subjects: [...parts.subjects] }) }).canRun,
    ).toBe(true);
  });

  it.each([
    ['subjects', { subjects: ['apple'], relation: 'left' }],
    ['subjects', { subjects: ['a', 'b', 'c'], relation: 'left' }],
    ['relation', { subjects: ['apple', 'frog'], relation: 'above' }],
    ['relation', { subjects: ['apple', 'frog'], relation: null }],
    ['count', { subjects: ['apple', 'frog'], relation: 'left', count: 3 }],
  ] as [string, Partial<BriefParts>][])('names %s where it does not fit: %o', (code, parts) => {
    const { reasons } = checkFlow(pair, { brief: brief(parts) });
    expect(reasons.map((reason) => reason.code)).toEqual([code]);
  });

  it('needs as many subjects as its templates name, even where it states nothing', () => {
    const slots = {
      ...flow().slots,
      prompt: [
        { node: '1', input: 'text', template: '{first}' },
        { node: '2', input: 'text', template: '{second}' },
      ],
    };
    expect(checkFlow(flow({ slots }), { brief: brief({}) }).canRun).toBe(false);
    expect(checkFlow(flow({ slots }), { brief: brief({ subjects: ['a', 'b'] }) }).canRun).toBe(
      true,
    );
  });

  it('cannot be asked for anything where no input takes the prompt', () => {
    const mute = flow({ slots: { ...flow().slots, prompt: [] } });
    expect(checkFlow(mute, { brief: brief({}) }).reasons[0]?.code).toBe('no-prompt-slot');
  });

  it('fits any brief where it states nothing', () => {
    const parts = { subjects: ['a', 'b', 'c'], relation: 'below', count: 7 } as const;
    expect(
      checkFlow(flow(), { brief: brief({ ...parts, subjects: [...parts.subjects] }) }).canRun,
    ).toBe(true);
  });
});

describe('a flow against limits', () => {
  it.each([
    [true, true],
    [false, false],
    [null, false],
  ])('for commercial use, a model that says %s is offered: %s', (commercialUse, offered) => {
    const check = checkFlow(flow({ models: [model({ commercialUse })] }), {
      limits: { commercialUse: true },
    });
    expect(check.canRun).toBe(offered);
  });

  it('asks nothing of licences where commercial use is not wanted', () => {
    const check = checkFlow(flow({ models: [model({ commercialUse: null })] }), { limits: {} });
    expect(check.canRun).toBe(true);
  });

  it('keeps flows within the graphics memory, and says where a flow states none', () => {
    const needs = (vramGb: number | null) => flow({ cost: { relative: null, vramGb } });
    const limits = { maxVramGb: 8 };
    expect(checkFlow(needs(8), { limits }).canRun).toBe(true);
    expect(checkFlow(needs(9), { limits }).reasons[0]?.code).toBe('vram');
    expect(checkFlow(needs(null), { limits })).toMatchObject({
      canRun: true,
      unknown: ['the flow does not state how much graphics memory it needs'],
    });
  });

  it('says that cost and duration cannot be held against a flow that states none', () => {
    const limits = { maxCost: 1, maxDurationMs: 1 };
    expect(checkFlow(flow(), { limits }).unknown).toHaveLength(2);
    const strict = checkFlow(flow(), { limits, strictLimits: true });
    expect(strict.reasons.map(({ code }) => code)).toEqual(['cost', 'duration']);
  });

  it.each([
    ['maxCost', 'cost', { perImage: 0.02 }, 0.02],
    ['maxDurationMs', 'duration', { durationMs: 3_000 }, 3_000],
  ] as const)('keeps flows within %s, the limit itself included', (limit, code, stated, is) => {
    const cost = { relative: null, vramGb: null, ...stated };
    const at = (most: number) => checkFlow(flow({ cost }), { limits: { [limit]: most } });
    expect(at(is)).toMatchObject({ canRun: true, unknown: [] });
    expect(at(is * 0.9).reasons[0]?.code).toBe(code);
  });

  it('takes what was measured for a flow that states no time, and its own word else', () => {
    const cost = { relative: null, vramGb: null, durationMs: 100 };
    const options = {
      limits: { maxDurationMs: 500 },
      measured: { [flow().id]: { durationMs: 900 } },
    };
    expect(checkFlow(flow(), options).reasons[0]?.code).toBe('duration');
    expect(checkFlow(flow({ cost }), options).canRun).toBe(true);
  });

  it("takes the brief's limits unless others are given", () => {
    const strict = brief({}, { commercialUse: true });
    const unknown = flow({ models: [model({ commercialUse: null })] });
    expect(checkFlow(unknown, { brief: strict }).canRun).toBe(false);
    expect(checkFlow(unknown, { brief: strict, limits: {} }).canRun).toBe(true);
  });
});

describe('a library', () => {
  it('is split into what is offered and what is skipped, in order, with every reason', () => {
    const a = flow({ id: 'a' });
    const b = flow({ id: 'b', classes: ['Magic'], needs: { count: 3 } });
    const c = flow({ id: 'c' });
    const result = filterFlows([a, b, c], { inventory, brief: brief({}) });
    expect(result.offered).toEqual([a, c]);
    expect(result.skipped.map((one) => one.flow.id)).toEqual(['b']);
    expect(result.skipped[0]?.reasons.map((one) => one.code)).toEqual(['missing-class', 'count']);
    expect(result.unknown).toEqual([]);
  });

  it('says each thing that could not be checked once, with its flows', () => {
    const hidden = {
      catalogue: null,
      models: { checkpoints: ['base.safetensors'] },
      source: 'Cloud',
    };
    const { unknown } = filterFlows([flow({ id: 'a' }), flow({ id: 'b' })], { inventory: hidden });
    expect(unknown).toEqual([
      { message: 'Cloud does not list its node classes', flows: ['a', 'b'] },
    ]);
  });
});

describe('options', () => {
  it('that nobody knows are refused, since what they ask for would not be checked', () => {
    const wrong = { limit: { commercialUse: true } } as object;
    const refused = (by: string) =>
      expect.objectContaining({
        code: 'INVALID_OPTIONS',
        message: expect.stringContaining(`${by} has no option limit; did you mean limits?`),
      });
    expect(() => checkFlow(flow(), wrong)).toThrow(refused('checkFlow'));
    expect(() => filterFlows([flow()], wrong)).toThrow(refused('filterFlows'));
    expect(() => filterFlows([], wrong)).toThrow(refused('filterFlows'));
  });
});

describe('a flow that binding would refuse', () => {
  const wide = createTestBrief('a fox', { width: 100 });

  it('is set aside, with the reason', () => {
    const workflow = createTestGraph();
    workflow['latent']!.class_type = 'StableCascade_EmptyLatentImage';
    const large = defineFlow({ id: 'large', workflow });
    const { offered, skipped } = filterFlows([createTestFlow('plain'), large], { brief: wide });
    expect(offered.map(({ id }) => id)).toEqual(['plain']);
    expect(skipped[0]!.reasons).toEqual([
      {
        code: 'brief',
        message:
          "can't take the brief: The width must be a whole number from 256 to 16384 pixels; got 100",
      },
    ]);
  });

  it('goes by what the server’s classes declare', () => {
    const size = ['INT', { min: 512, max: 2048, step: 8 }];
    const EmptyLatentImage = { input: { required: { width: size } } };
    const stocked = { ...inventory, catalogue: { EmptyLatentImage } };
    const { reasons } = checkFlow(createTestFlow('plain'), {
      inventory: stocked,
      brief: createTestBrief('a fox', { width: 4096 }),
    });
    expect(reasons.at(-1)?.message).toMatch(/width must be a whole number from 16 to 2048/);
  });
});
