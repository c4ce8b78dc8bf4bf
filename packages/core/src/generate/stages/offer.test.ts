import { describe, expect, it } from 'vitest';
import { defineFlow } from '../../library/define-flow.ts';
import { instantClock } from '../../testing/reference/instant-clock.ts';
import { type Script, scriptedBackend } from '../../testing/reference/scripted-executor.ts';
import { backwards, byteWeight } from '../../testing/reference/sound-parts.ts';
import { createTestFlow, createTestGraph } from '../../testing/test-flow.ts';
import { wrapExecutor, wrapSelector } from '../../util/wrap.ts';
import { findSlots } from '../../workflow/slots/find-slots.ts';
import { createComfyGen } from '../create-comfygen.ts';
import type { ComfyGenOptions } from '../types.ts';

function setUp(scripts: readonly Script[] = ['succeed'], options: Partial<ComfyGenOptions> = {}) {
  const backend = scriptedBackend(scripts);
  const flows = [createTestFlow('one'), createTestFlow('two')];
  const host = { flows, executor: backend.create(), clock: instantClock() };
  return { ...backend, comfygen: createComfyGen({ ...host, ...options }) };
}

describe('limits', () => {
  it('that no flow says anything of are said to be not judged', async () => {
    const { comfygen } = setUp();
    const limits = { maxCost: 1, maxDurationMs: 5_000, maxVramGb: 8 };
    const { warnings } = await comfygen.select('a fox', { seed: 1, limits });
    expect(warnings.map(({ code, message }) => `${code}: ${message}`)).toEqual([
      'limit-not-judged: maxCost could not be judged: no flow states what an image costs.',
      'limit-not-judged: maxDurationMs could not be judged: no flow states how long it takes; timeoutMs ends a run after a time.',
      'limit-not-judged: maxVramGb could not be judged: what they need is not stated by one, two.',
    ]);
  });

  it('that every flow keeps are not', async () => {
    const flows = [defineFlow({ id: 'one', workflow: createTestGraph(), cost: { vramGb: 4 } })];
    const { comfygen } = setUp(['succeed'], { flows });
    const { warnings } = await comfygen.select('a fox', { seed: 1, limits: { maxVramGb: 8 } });
    expect(warnings).toEqual([]);
  });
});

describe('a flow that can’t take the brief', () => {
  it('is set aside, so that a failed run ends with its own reasons', async () => {
    const large = createTestGraph();
    large['latent']!.class_type = 'EmptyImage';
    large['latent']!.inputs['color'] = 0;
    const flows = [createTestFlow('one'), defineFlow({ id: 'large', workflow: large })];
    const backend = scriptedBackend([{ fail: 'EXECUTION_FAILED' }]);
    const EmptyImage = {
      input: { required: { width: ['INT', { min: 512, max: 2048, step: 8 }] } },
    };
    const executor = wrapExecutor(backend.create(), (part) => ({
      async inventory(ctx) {
        const stock = await part.inventory!(ctx);
        return { ...stock, catalogue: { ...stock.catalogue, EmptyImage } };
      },
    }));
    const comfygen = createComfyGen({ flows, executor, clock: instantClock() });
    await expect(comfygen.generate('a fox', { width: 4096 })).rejects.toMatchObject({
      code: 'EXECUTION_FAILED',
    });
  });
});

describe('a flow in place of one that failed', () => {
  it('that turns out not to take the brief does not hide why the run fails', async () => {
    const slots = findSlots(createTestGraph());
    const pair = slots.prompt.map((slot) => ({ ...slot, template: '{first} and {second}' }));
    const selector = wrapSelector(backwards, (part) => ({
      async select(request, ctx) {
        const { ranked, ...rest } = await part.select(request, ctx);
        const written = { workflow: createTestGraph(), slots: { ...slots, prompt: pair } };
        return { ...rest, ranked: [ranked[0]!, { ...ranked[1]!, ...written }] };
      },
    }));
    const { comfygen } = setUp([{ fail: 'EXECUTION_FAILED' }], { selector });
    await expect(comfygen.generate('a fox', { seed: 1 })).rejects.toMatchObject({
      code: 'NO_IMAGE',
      message: expect.stringMatching(/EXECUTION_FAILED.*INVALID_BRIEF/),
      cause: { code: 'EXECUTION_FAILED' },
    });
  });
});

describe('options of a run', () => {
  const named = (name: string) => ({ options: { [name]: {} } });

  it('reach the parts that are plugged in, also under a new name', async () => {
    const backend = scriptedBackend(['succeed'], 'house');
    const executor = wrapExecutor(backend.create(), () => ({ name: 'renamed' }));
    const { comfygen } = setUp(['succeed'], { executor, selector: backwards, scorer: byteWeight });
    for (const name of ['house', 'renamed', backwards.name, byteWeight.name])
      await expect(comfygen.select('a fox', named(name))).resolves.toBeDefined();
  });

  it('for a part that nobody plugged in are INVALID_BRIEF', async () => {
    const { comfygen } = setUp();
    await expect(comfygen.generate('a fox', named('scriptd'))).rejects.toMatchObject({
      code: 'INVALID_BRIEF',
      message:
        'The brief: options names no part "scriptd"; here are scripted. Did you mean scripted?',
      details: { fields: ['options.scriptd'] },
    });
  });
});
