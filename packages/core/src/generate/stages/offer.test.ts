import { describe, expect, it } from 'vitest';
import { defineFlow } from '../../library/define-flow.ts';
import type { Brief, RunRecord } from '../../spec/index.ts';
import { memoryRecordStore } from '../../stores/memory-stores.ts';
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
  const limits = { maxCost: 1, maxDurationMs: 5_000, maxVramGb: 8 };

  it('that flows say nothing of are said in one warning, which names the flows', async () => {
    const known = { perImage: 0.5, durationMs: 900, vramGb: 6 };
    const flows = [
      createTestFlow('one'),
      defineFlow({ id: 'priced', workflow: createTestGraph(), cost: { perImage: 0.5 } }),
      defineFlow({ id: 'known', workflow: createTestGraph(), cost: known }),
    ];
    const { comfygen } = setUp(['succeed'], { flows });
    const { warnings, offered } = await comfygen.select('a fox', { seed: 1, limits });
    expect(offered).toEqual(['one', 'priced', 'known']);
    expect(warnings).toMatchObject([
      {
        code: 'limit-not-judged',
        message:
          'Not known, so not judged: maxCost of one; maxDurationMs of one, priced; maxVramGb of one, priced. strictLimits leaves out such flows.',
        details: {
          maxCost: ['one'],
          maxDurationMs: ['one', 'priced'],
          maxVramGb: ['one', 'priced'],
        },
      },
    ]);
    const strict = await comfygen.select('a fox', { seed: 1, limits, strictLimits: true });
    expect(strict.offered).toEqual(['known']);
    expect(strict.warnings).toEqual([]);
    expect(strict.skipped.map(({ reasons }) => reasons.map(({ code }) => code))).toEqual([
      ['cost', 'duration', 'vram'],
      ['duration', 'vram'],
    ]);
  });

  it('are held against what earlier runs on this executor took, where a flow states nothing', async () => {
    const records = memoryRecordStore();
    const { comfygen } = setUp(['succeed'], { records });
    const { record } = await comfygen.generate('a fox', { seed: 1, flow: 'two', runId: 'own' });
    const keep = (runId: string, executeMs: number, more: Partial<RunRecord> = {}) =>
      records.append({ ...record, runId, timings: { ...record.timings, executeMs }, ...more });
    await keep('own', 900);
    await keep('usual', 1_500);
    await keep('busy', 40_000);
    await keep('elsewhere', 10, { executor: 'other' });
    await keep('again', 90_000, { warnings: [{ code: 'retried', message: 'once more' }] });
    const asked = (maxDurationMs: number) =>
      comfygen.select('a fox', { seed: 1, limits: { maxDurationMs } });
    const { offered, skipped } = await asked(1_499);
    expect(offered).toEqual(['one']);
    expect(skipped[0]?.reasons).toEqual([
      { code: 'duration', message: 'takes 1500 ms an image, as measured here; the limit is 1499' },
    ]);
    expect((await asked(1_500)).offered).toEqual(['one', 'two']);
  });

  it('go unjudged where the records can’t be read, which is said', async () => {
    const records = {
      ...memoryRecordStore(),
      // biome-ignore lint/correctness/useYield: it fails before
      async *list(): AsyncIterable<RunRecord> {
        throw new Error('disk on fire');
      },
    };
    const { comfygen } = setUp(['succeed'], { records });
    const asked = { seed: 1, limits: { maxDurationMs: 1 } };
    const { warnings, offered } = await comfygen.select('a fox', asked);
    expect(offered).toEqual(['one', 'two']);
    expect(warnings.map(({ code }) => code)).toEqual(['records-unread', 'limit-not-judged']);
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

  it('that a part says not to read are INVALID_BRIEF, also inside of others, before anything is sent', async () => {
    const selector = { ...backwards, runOptions: { backwards: ['depth'] } };
    const outer = wrapSelector(selector, () => ({ name: 'outer' }));
    const { comfygen, submitted } = setUp(['succeed'], { selector: outer });
    const asked = (options: Brief['options']) => comfygen.generate('a fox', { seed: 1, options });
    await expect(asked({ backwards: { dept: 1 } })).rejects.toMatchObject({
      code: 'INVALID_BRIEF',
      message:
        'The brief: options.backwards has no option "dept"; here are depth. Did you mean depth?',
      details: { fields: ['options.backwards.dept'] },
    });
    expect(submitted).toHaveLength(0);
    // Of a name that nothing is said of, whoever wraps may read what it likes.
    await expect(
      asked({ backwards: { depth: 1 }, outer: { own: 1 }, scripted: { any: 1 } }),
    ).resolves.toBeDefined();
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
