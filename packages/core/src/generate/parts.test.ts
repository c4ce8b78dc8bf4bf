import { describe, expect, it } from 'vitest';
import { ComfygenError } from '../errors/comfygen-error.ts';
import { defineFlow } from '../library/define-flow.ts';
import type {
  RankedFlow,
  RecordStore,
  ScorerV1,
  SelectorV1,
  Slots,
  Workflow,
} from '../spec/index.ts';
import { instantClock } from '../testing/reference/instant-clock.ts';
import { scriptedBackend } from '../testing/reference/scripted-executor.ts';
import { backwards, byteWeight } from '../testing/reference/sound-parts.ts';
import { createTestFlow, createTestGraph } from '../testing/test-flow.ts';
import { wrapExecutor, wrapScorer, wrapSelector } from '../util/wrap.ts';
import { defaultPolicy } from '../workflow/policy/policy.ts';
import { findSlots } from '../workflow/slots/find-slots.ts';
import { createComfyGen } from './create-comfygen.ts';
import type { ComfyGenOptions } from './types.ts';

const UNKNOWN = { class_type: 'RunShell', inputs: { samples: ['sampler', 0] } };
const SECRET = 'r8_abcdefghijklmnop';

function setUp(options: Partial<ComfyGenOptions> = {}) {
  const flows = ['one', 'two'].map((id) => defineFlow({ id, workflow: createTestGraph() }));
  const backend = scriptedBackend(['succeed']);
  const host = { flows, executor: backend.create(), selector: backwards, clock: instantClock() };
  const comfygen = createComfyGen({ ...host, ...options });
  const generate = (call = {}) => comfygen.generate('a red apple', { seed: 1, ...call });
  return { ...backend, flows, comfygen, generate };
}

const ranking = (change: (ranked: RankedFlow[]) => unknown): SelectorV1 =>
  wrapSelector(backwards, (part) => ({
    async select(request, ctx) {
      const selection = await part.select(request, ctx);
      return { ...selection, ranked: change(selection.ranked) as RankedFlow[] };
    },
  }));

describe('a selector', () => {
  it('that throws, or answers with nonsense, is named', async () => {
    const broken: [SelectorV1['select'], RegExp][] = [
      [async () => Promise.reject(new Error('no model')), /selector backwards failed: no model/],
      [async () => undefined as never, /selector backwards failed/],
      [async () => ({ ranked: 'all' }) as never, /selector backwards failed/],
    ];
    for (const [select, message] of broken) {
      const { generate } = setUp({ selector: wrapSelector(backwards, () => ({ select })) });
      const error = await generate().catch((caught: unknown) => caught);
      expect(ComfygenError.is(error, 'PART_FAILED') && error.message).toMatch(message);
      expect(error).toMatchObject({ part: { role: 'selector', name: 'backwards' } });
    }
  });

  it('that ranks nothing is NO_FLOW, with its reason', async () => {
    const { generate } = setUp({ selector: ranking(() => []) });
    await expect(generate()).rejects.toMatchObject({
      code: 'NO_FLOW',
      message: expect.stringContaining('The last comes first.'),
    });
  });

  it('cannot sort the library of its host', async () => {
    const { generate, flows } = setUp({
      selector: wrapSelector(backwards, (part) => ({
        select(request, ctx) {
          (request.flows as unknown[]).reverse();
          return part.select(request, ctx);
        },
      })),
    });
    expect((await generate()).offered).toEqual(flows.map(({ id }) => id));
  });

  it.each<[what: string, workflow: unknown, code: string]>([
    ['no graph', 'make it nice', 'INVALID_WORKFLOW'],
    ['an unknown class', { ...createTestGraph(), decode: UNKNOWN }, 'INVALID_WORKFLOW'],
    ['65,536 steps', createTestGraph({ sampler: { steps: 65_536 } }), 'INVALID_WORKFLOW'],
    ['9,999 steps', createTestGraph({ sampler: { steps: 9_999 } }), 'UNSAFE_WORKFLOW'],
  ])('that wrote %s is held to the checks; the next flow runs', async (_what, workflow, code) => {
    const selector = ranking(([first, ...rest]) => [
      { ...first!, workflow: workflow as Workflow },
      ...rest,
    ]);
    const { flow, attempts } = await setUp({ selector }).generate();
    expect([flow.id, attempts[0]?.error?.code]).toEqual(['one', code]);
  });

  it('may choose flows of the library that a policy of the host refuses; the next flow runs', async () => {
    const heavy = defineFlow({
      id: 'heavy',
      workflow: createTestGraph({ sampler: { steps: 300 } }),
    });
    const flows = [createTestFlow('light'), heavy];
    const free = await setUp({ flows }).generate();
    expect(free.flow.id).toBe('heavy');
    const { flow, attempts } = await setUp({ flows, policy: defaultPolicy }).generate();
    expect([flow.id, attempts[0]?.error?.code]).toEqual(['light', 'UNSAFE_WORKFLOW']);
  });

  it('that wrote a sound graph has it run', async () => {
    const selector = ranking(([first]) => [
      { ...first!, workflow: createTestGraph({ sampler: { steps: 11 } }) },
    ]);
    const { plan } = await setUp({ selector }).generate();
    expect(plan.workflow['sampler']?.inputs).toMatchObject({ steps: 11, seed: 1 });
  });

  it('that wrote a graph may say which inputs the brief fills', async () => {
    const workflow = createTestGraph({ sampler: { steps: 11 } });
    const slots: Slots = {
      ...findSlots(workflow),
      prompt: [{ node: 'positive', input: 'text', template: '{object}, ink' }],
      seed: [],
    };
    const selector = ranking(([first]) => [{ ...first!, workflow, slots }]);
    const { plan, warnings } = await setUp({ selector }).generate();
    expect(plan.workflow['positive']?.inputs['text']).toBe('red apple, ink');
    expect(warnings.map(({ code }) => code)).toContain('seed-ignored');
  });
});

describe('a scorer', () => {
  const scoring = (score: ScorerV1['score']) => wrapScorer(byteWeight, () => ({ score }));

  it.each<[what: string, scorer: ScorerV1, code: string]>([
    ['throws', scoring(async () => Promise.reject(new Error('blind'))), 'score-failed'],
    ['answers with nonsense', scoring(async () => 7 as never), 'score-failed'],
    [
      'gives NaN',
      scoring(async () => ({ value: Number.NaN, raw: {}, warnings: [] })),
      'score-out-of-range',
    ],
    [
      'leaves its range',
      scoring(async () => ({ value: 2, raw: {}, warnings: [] })),
      'score-out-of-range',
    ],
  ])('that %s costs the score, not the image', async (_what, scorer, code) => {
    const { best, warnings, record } = await setUp({ scorer }).generate();
    expect([best.score, record.images[0]?.score]).toEqual([null, null]);
    expect(warnings).toMatchObject([{ code, part: { role: 'scorer', name: 'byte-weight' } }]);
  });

  it('whose measures are not all numbers leaves a record that is JSON', async () => {
    const scorer = scoring(async () => ({ value: 1, raw: { a: Infinity, b: 2 }, warnings: [] }));
    const { record } = await setUp({ scorer }).generate();
    expect(record.images[0]?.raw).toEqual({ b: 2 });
    expect(JSON.parse(JSON.stringify(record))).toEqual(record);
  });
});

describe('what is handed out', () => {
  it('shows no secret and no bigint that a part let slip', async () => {
    const executor = wrapExecutor(scriptedBackend(['succeed']).create(), (part) => ({
      async inspect(ref, ctx) {
        const details = { seed: 2n ** 64n - 1n, apiKey: SECRET };
        const warnings = [{ code: 'odd', message: `sent ${SECRET}`, details }];
        return { ...(await part.inspect(ref, ctx)), warnings };
      },
    }));
    const { comfygen } = setUp({ executor });
    const heard: unknown[] = [];
    comfygen.events.on('run-warning', (event) => heard.push(event));
    const { warnings, record } = await comfygen.generate('a', {
      seed: 1,
      options: { scripted: { apiKey: SECRET } },
    });
    expect(warnings).toMatchObject([{ code: 'odd', details: { seed: '18446744073709551615' } }]);
    for (const shown of [warnings, record, heard]) {
      const text = JSON.stringify(shown);
      expect(text).not.toContain(SECRET);
      expect(text).toContain('[redacted]');
    }
  });
});

describe('calls', () => {
  it('refuse options that do not exist, and what is no options at all', async () => {
    const { comfygen, generate, submitted } = setUp();
    for (const call of [
      { sed: 7 },
      { timeoutMs: 0 },
      { timeoutMs: Number.NaN },
      { choiceSeed: -1 },
      { signal: {} },
    ])
      await expect(generate(call)).rejects.toMatchObject({ code: 'INVALID_OPTIONS' });
    await expect(comfygen.generate('a', null as never)).rejects.toMatchObject({
      code: 'INVALID_OPTIONS',
    });
    expect(submitted).toEqual([]);
    const build = (options: unknown) => () => createComfyGen(options as ComfyGenOptions);
    const { create } = scriptedBackend([]);
    for (const options of [
      undefined,
      { flows: [] },
      { flows: [], executor: [] },
      { flows: Promise.resolve([]), executor: create() },
      { flows: [], executor: create(), concurency: 2 },
      { flows: [], executor: create(), concurrency: 0 },
      { flows: [], executor: create(), maxRetries: -1 },
    ])
      expect(build(options)).toThrow(expect.objectContaining({ name: 'ComfygenError' }));
  });

  it('take a timeout longer than a timer can wait', async () => {
    expect(
      (await setUp({ clock: undefined }).generate({ timeoutMs: 2 ** 40 })).images,
    ).toHaveLength(1);
  });

  it('run no more jobs at once than allowed, over all runs', async () => {
    let running = 0;
    let most = 0;
    const executor = wrapExecutor(scriptedBackend(['succeed']).create(), (part) => ({
      submit(plan, ctx) {
        running += 1;
        most = Math.max(most, running);
        return part.submit(plan, ctx);
      },
      download(output, ref, ctx) {
        running -= 1;
        return part.download(output, ref, ctx);
      },
    }));
    const { comfygen } = setUp({ executor, concurrency: 2 });
    const prompts = ['a', 'b', 'c', 'd', 'e'];
    const results = await Promise.all(
      prompts.map((prompt) => comfygen.generate(prompt, { seed: 1 })),
    );
    expect(most).toBe(2);
    expect(results.map(({ brief }) => brief.prompt)).toEqual(prompts);
    expect(results.map(({ plan }) => plan.workflow['positive']?.inputs['text'])).toEqual(prompts);
  });

  it('keep every verdict of two given at once', async () => {
    const { comfygen, generate } = setUp();
    const { runId } = await generate();
    await Promise.all([0, 1].map((value) => comfygen.feedback(runId, { value })));
    const kept = await comfygen.records.get(runId);
    expect(kept?.feedback.map(({ value }) => value)).toEqual([0, 1]);
    await expect(comfygen.feedback(runId, { value: Number.NaN })).rejects.toMatchObject({
      code: 'INVALID_OPTIONS',
    });
  });

  it('resume with the images though the store fails', async () => {
    const { generate, create } = setUp();
    const { plan, runId } = await generate();
    const put = async () => Promise.reject(new Error('disk full'));
    const jobs = { put, get: put, async *list() {}, delete: put };
    const backend = scriptedBackend(['succeed']);
    expect(backend.submitted).toEqual([]);
    const later = createComfyGen({ flows: [], executor: create(), jobs, clock: instantClock() });
    const ref = { executor: 'scripted', id: plan.id, submittedAt: 0 };
    const entry = { ref, runId, planId: plan.id, flowId: 'two', state: 'running' as const };
    const { images, warnings } = await later.resume(entry);
    expect([images.length, warnings[0]?.code]).toEqual([1, 'job-not-stored']);
  });

  it('dispose though a part never finishes or throws at once', async () => {
    const executor = wrapExecutor(scriptedBackend(['succeed']).create(), () => ({
      dispose: () => new Promise<never>(() => {}),
    }));
    const scorer = wrapScorer(byteWeight, () => ({
      dispose() {
        throw new Error('at once');
      },
    }));
    await setUp({ executor, scorer }).comfygen.dispose();
  });

  it('give the picture at the deadline when the record store hangs', async () => {
    const records: RecordStore = {
      append: () => new Promise<never>(() => {}),
      get: async () => undefined,
      async *list() {},
    };
    const { generate } = setUp({ records, clock: undefined });
    const { images, warnings } = await generate({ timeoutMs: 1_000 });
    expect(images).toHaveLength(1);
    expect(warnings.map(({ code }) => code)).toContain('record-not-kept');
  });
});
