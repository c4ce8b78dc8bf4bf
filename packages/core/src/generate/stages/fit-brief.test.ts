import { describe, expect, it } from 'vitest';
import { defineFlow } from '../../library/define-flow.ts';
import type { ExecutorV1, Workflow } from '../../spec/index.ts';
import { instantClock } from '../../testing/reference/instant-clock.ts';
import { scriptedBackend } from '../../testing/reference/scripted-executor.ts';
import { createTestGraph } from '../../testing/test-flow.ts';
import { createComfyGen } from '../create-comfygen.ts';
import type { GenerateOptions } from '../types.ts';

/** A graph that is told no size: it goes on with a latent of its own. */
function fromLatent(): Workflow {
  const graph = createTestGraph();
  graph['latent'] = { class_type: 'LoadLatent', inputs: { latent: 'own.latent' } };
  return graph;
}

/** A graph that makes its picture twice as large as its latent. */
function scaled(): Workflow {
  const graph = createTestGraph();
  graph['save']!.inputs['images'] = ['larger', 0];
  graph['larger'] = {
    class_type: 'ImageScaleBy',
    inputs: { image: ['decode', 0], upscale_method: 'lanczos', scale_by: 2 },
  };
  return graph;
}

function withGuidance(): Workflow {
  const graph = createTestGraph({ sampler: { positive: ['guide', 0] } });
  graph['guide'] = {
    class_type: 'FluxGuidance',
    inputs: { conditioning: ['positive', 0], guidance: 3.5 },
  };
  return graph;
}

const silent = ({ inventory: _, ...executor }: ExecutorV1): ExecutorV1 => executor;

function setUp(graphs: { [id: string]: Workflow }, change = (executor: ExecutorV1) => executor) {
  const backend = scriptedBackend(['succeed']);
  const flows = Object.entries(graphs).map(([id, workflow]) => defineFlow({ id, workflow }));
  const executor = change(backend.create());
  const comfygen = createComfyGen({ flows, executor, clock: instantClock() });
  const ask = (options: GenerateOptions) => comfygen.plan('a fox', { seed: 1, ...options });
  return { ...backend, comfygen, ask };
}

const reasons = ({ skipped }: { skipped: { flowId: string; reasons: { code: string }[] }[] }) =>
  Object.fromEntries(
    skipped.map(({ flowId, reasons: all }) => [flowId, all.map(({ code }) => code)]),
  );

describe('inputs of a run', () => {
  it('reach the plan, and keep flows without them off the offer', async () => {
    const { ask } = setUp({ plain: createTestGraph(), guided: withGuidance() });
    const result = await ask({ inputs: { guidance: 5, steps: 9 } });
    expect(result.flow.id).toBe('guided');
    expect(result.plan.workflow['guide']!.inputs['guidance']).toBe(5);
    expect(result.plan.workflow['sampler']!.inputs['steps']).toBe(9);
    expect(reasons(result)).toEqual({ plain: ['no-such-input'] });
  });

  it('that may be missing leave the flow on offer, and are said', async () => {
    const { ask } = setUp({ plain: createTestGraph() });
    const { warnings } = await ask({ inputs: { guidance: { value: 5, optional: true } } });
    expect(warnings.map(({ code }) => code)).toContain('input-ignored');
  });

  it('that no flow has are NO_FLOW with the nearest names; nothing is sent', async () => {
    const { comfygen, submitted } = setUp({ plain: createTestGraph(), guided: withGuidance() });
    await expect(comfygen.generate('a fox', { inputs: { stepz: 4 } })).rejects.toMatchObject({
      code: 'NO_FLOW',
      message: 'No flow that can run here has the input stepz. Did you mean steps?',
    });
    expect(submitted).toEqual([]);
  });

  it('that no flow has together are NO_FLOW', async () => {
    const { ask } = setUp({ plain: createTestGraph(), guided: withGuidance() });
    const both = { guidance: 4, 'plain.extra': 1 };
    await expect(ask({ inputs: both })).rejects.toMatchObject({ code: 'NO_FLOW' });
  });

  it.each([
    [{ steps: 0 }, '1 to 10000; got 0'],
    [{ sampler: 'eular' }, 'did you mean "euler"?'],
  ])('that nobody can take are INVALID_BRIEF: %o', async (inputs, words) => {
    const { comfygen, submitted } = setUp({ plain: createTestGraph() });
    await expect(comfygen.generate('a fox', { inputs })).rejects.toMatchObject({
      code: 'INVALID_BRIEF',
      message: expect.stringContaining(words),
    });
    expect(submitted).toEqual([]);
  });

  it('are held against core’s own classes where the backend tells none', async () => {
    const { ask } = setUp({ plain: createTestGraph() }, silent);
    await expect(ask({ inputs: { cfg: 1000 } })).rejects.toMatchObject({
      code: 'INVALID_BRIEF',
      message: expect.stringContaining('0 to 100; got 1000'),
    });
    const { plan } = await ask({ inputs: { checkpoint: 'another.safetensors' } });
    expect(plan.workflow['loader']!.inputs['ckpt_name']).toBe('another.safetensors');
  });

  it('are kept in the record, numbers above 2^53 too', async () => {
    const { comfygen } = setUp({ plain: createTestGraph() });
    const inputs = { 'sampler.seed': 2n ** 60n, steps: 3 };
    const { record, warnings } = await comfygen.generate('a fox', { inputs });
    expect(record.brief['inputs']).toEqual({
      'sampler.seed': { value: String(2n ** 60n) },
      steps: { value: 3 },
    });
    expect(warnings.map(({ code }) => code)).toContain('input-over-slot');
  });
});

describe('the size of a run', () => {
  const three = { plain: createTestGraph(), fixed: fromLatent(), scaled: scaled() };

  it('leaves out the flows that can’t take it, where others can', async () => {
    const { ask } = setUp({ fixed: fromLatent(), plain: createTestGraph() });
    const result = await ask({ width: 256, height: 128 });
    expect(result.offered).toEqual(['plain']);
    expect(result.selection.ranked.map(({ flowId }) => flowId)).toEqual(['plain']);
    expect(reasons(result)).toEqual({ fixed: ['size'] });
  });

  it('leaves all on offer where none can, and says so', async () => {
    const { ask } = setUp({ fixed: fromLatent() });
    const { offered, warnings } = await ask({ aspectRatio: '16:9' });
    expect(offered).toEqual(['fixed']);
    expect(warnings.map(({ code }) => code)).toContain('size-not-taken');
  });

  it('never takes away the flow that was asked for by its id', async () => {
    const { ask } = setUp(three);
    const result = await ask({ flow: 'fixed', width: 256 });
    expect(result.flow.id).toBe('fixed');
    expect(result.warnings.map(({ code }) => code)).toContain('size-ignored');
  });

  it('where it must be exact, leaves out what scales the picture, and what rounds', async () => {
    const { ask } = setUp(three);
    const result = await ask({ width: 256, height: 128, exactSize: true });
    expect(result.offered).toEqual(['plain']);
    expect(reasons(result)).toEqual({ fixed: ['size'], scaled: ['size'] });
    await expect(ask({ width: 257, exactSize: true })).rejects.toMatchObject({ code: 'NO_FLOW' });
  });

  it.each<[GenerateOptions, number, number]>([
    [{ aspectRatio: '16:9' }, 88, 48],
    [{ aspectRatio: '16:9', width: 512 }, 512, 288],
    [{ aspectRatio: '2:1', longestSide: 256 }, 256, 128],
    [{ aspectRatio: '1:2', longestSide: 256 }, 128, 256],
    [{ longestSide: 256 }, 256, 256],
  ])('is made of a ratio, a side or the longest one: %o', async (options, width, height) => {
    const { ask } = setUp({ plain: createTestGraph() });
    const { plan } = await ask(options);
    expect(plan.workflow['latent']!.inputs).toMatchObject({ width, height });
    expect(plan.brief).toMatchObject({ width, height });
  });

  it.each<GenerateOptions>([
    { aspectRatio: '16:9', width: 512, height: 512 },
    { longestSide: 512, width: 512 },
    { aspectRatio: '17:1' },
    { aspectRatio: '0:1' },
    { aspectRatio: 'wide' as '1:1' },
    { exactSize: true },
    { longestSide: 8 },
  ])('that contradicts itself or is none is INVALID_BRIEF: %o', async (options) => {
    await expect(setUp(three).ask(options)).rejects.toMatchObject({ code: 'INVALID_BRIEF' });
  });

  it('is said with the picture where another one came', async () => {
    const { comfygen } = setUp({ plain: createTestGraph() });
    const { best, warnings } = await comfygen.generate('a fox', { width: 256, height: 128 });
    expect([best.width, best.height]).not.toEqual([256, 128]);
    expect(warnings).toContainEqual(
      expect.objectContaining({
        code: 'size-differs',
        details: { width: best.width, height: best.height },
      }),
    );
  });

  it('that the model was not made for is said', async () => {
    const backend = scriptedBackend(['succeed']);
    const flow = (id: string, facts: object) =>
      defineFlow({ id, workflow: createTestGraph(), ...facts });
    const flows = [
      flow('known', { baseModel: 'sd15' }),
      flow('stated', { baseModel: 'sd15', sizes: { max: 2048 } }),
      flow('unknown', {}),
    ];
    const comfygen = createComfyGen({ flows, executor: backend.create() });
    const unusual = async (id: string, side: number) =>
      (await comfygen.plan('a fox', { flow: id, width: side, height: side })).warnings.some(
        ({ code }) => code === 'size-unusual',
      );
    expect(await unusual('known', 512)).toBe(false);
    expect(await unusual('known', 1024)).toBe(true);
    expect(await unusual('known', 256)).toBe(true);
    expect(await unusual('stated', 1024)).toBe(false);
    expect(await unusual('unknown', 1024)).toBe(false);
  });
});
