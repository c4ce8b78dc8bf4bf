import { ComfygenError, createCallContext, type ScorerV1, splitPrompt } from 'comfygen/plugin';
import { describe, expect, it } from 'vitest';
import { calibrations } from './calibration.ts';
import { ensemble } from './ensemble.ts';
import { technical } from './technical/technical.ts';

interface Fake extends Partial<Omit<ScorerV1, 'score'>> {
  value?: number;
  error?: unknown;
}

const scorer = (name: string, { value = 0.5, error, ...rest }: Fake = {}): ScorerV1 => ({
  spec: 'v1',
  role: 'scorer',
  name,
  version: '3',
  range: [0, 1],
  supports: { deterministic: true },
  async score() {
    if (error !== undefined) throw error;
    const warnings = [{ code: 'seen', message: `${name} has something to say.` }];
    return { value, raw: { measure: value * 10 }, warnings };
  },
  ...rest,
});

const request = {
  image: { bytes: new Uint8Array(), mediaType: 'image/png' },
  brief: {
    prompt: 'a fox',
    negative: undefined,
    seed: 0,
    width: undefined,
    height: undefined,
    count: 1,
    parts: splitPrompt('a fox'),
    limits: {},
    options: {},
  },
};
const ctx = createCallContext();
const score = (part: ScorerV1) => part.score(request, ctx);

describe('ensemble', () => {
  it('averages by weight and keeps what each member said', async () => {
    const part = ensemble([
      { scorer: scorer('a', { value: 1 }), weight: 3 },
      scorer('b', { value: 0.2 }),
    ]);
    const result = await score(part);
    expect(result.value).toBeCloseTo(0.8, 12);
    expect(result.members).toEqual([
      { name: 'a', version: '3', value: 1, weight: 0.75, raw: { measure: 10 } },
      { name: 'b', version: '3', value: 0.2, weight: 0.25, raw: { measure: 2 } },
    ]);
    expect(result.raw).toEqual({ a: 1, 'a.measure': 10, b: 0.2, 'b.measure': 2 });
    expect(result.warnings.map((warning) => warning.part?.name)).toEqual(['a', 'b']);
  });

  it('puts members on one scale, by their range or by a calibration', async () => {
    const stars = scorer('stars', { value: 4, range: [1, 5] });
    const open = scorer('open', { value: 2, range: [-Infinity, Infinity] });
    const logit = { id: 'logit@1', kind: 'logistic', middle: 0, step: 1 } as const;
    expect((await score(ensemble([stars]))).value).toBeCloseTo(0.75, 12);
    expect((await score(ensemble([{ scorer: open, calibration: logit }]))).value).toBeCloseTo(
      1 / (1 + Math.exp(-2)),
      12,
    );
    const percent = { scorer: scorer('p', { value: 130 }), calibration: calibrations.percent };
    const result = await score(ensemble([percent]));
    expect([result.value, result.members?.[0]?.value]).toEqual([1, 130]);
  });

  it('takes lower as better where a calibration says so', async () => {
    const calibration = { id: 'fewer@1', kind: 'affine', low: 10, high: 0 } as const;
    const faults = { scorer: scorer('faults', { value: 2 }), calibration };
    expect((await score(ensemble([faults]))).value).toBeCloseTo(0.8, 12);
  });

  it('is named after members, weights and calibrations', () => {
    const part = ensemble([
      { scorer: scorer('a'), weight: 2 },
      { scorer: scorer('b', { range: [1, 5] }), calibration: calibrations.stars },
    ]);
    expect(part.name).toBe('ensemble(a@3*0.6667,b@3*0.3333)');
    expect(part.version).toBe('1+range[0,1]+stars@1');
    expect(ensemble([technical()]).name).toBe('ensemble(technical@1*1)');
  });

  it('supports what its members do', () => {
    const draws = { deterministic: false, prompt: true, network: false };
    const asks = { deterministic: true, prompt: false, network: true };
    const part = ensemble([scorer('a', { supports: draws }), scorer('b', { supports: asks })]);
    expect(part.supports).toEqual({
      deterministic: false,
      prompt: true,
      network: true,
      parts: false,
    });
  });

  it('nests', async () => {
    const inner = ensemble([scorer('a', { value: 1 }), scorer('b', { value: 0 })]);
    expect((await score(ensemble([inner, scorer('c', { value: 1 })]))).value).toBeCloseTo(0.75, 12);
  });
});

describe('ensemble: failures', () => {
  it('leaves out a member that fails, and says so', async () => {
    const broken = scorer('broken', { error: new ComfygenError('UNAVAILABLE', 'no answer') });
    const result = await score(ensemble([scorer('a', { value: 0.4 }), broken]));
    expect(result.value).toBeCloseTo(0.4, 12);
    expect(result.members?.map((member) => member.weight)).toEqual([1]);
    expect(result.warnings[0]).toMatchObject({
      code: 'member-failed',
      part: { role: 'scorer', name: 'broken' },
      details: { code: 'UNAVAILABLE' },
    });
  });

  it('leaves out a member that gives no number', async () => {
    const result = await score(ensemble([scorer('a'), scorer('nan', { value: Number.NaN })]));
    expect(result.members?.map((member) => member.name)).toEqual(['a']);
    expect(result.warnings.map((warning) => warning.code)).toContain('member-failed');
  });

  it('throws where all fail: the common error, else PART_FAILED', async () => {
    await expect(score(ensemble([technical()]))).rejects.toMatchObject({ code: 'INVALID_IMAGE' });
    const mixed = [
      scorer('a', { error: new Error('one') }),
      scorer('b', { error: new ComfygenError('AUTH', 'two') }),
    ];
    await expect(score(ensemble(mixed))).rejects.toMatchObject({ code: 'PART_FAILED' });
  });

  it('rethrows the reason of an abort, also where members fail by it', async () => {
    const controller = new AbortController();
    const reason = { why: 'enough' };
    const aborting = scorer('a', { name: 'aborting' });
    const part = ensemble([
      {
        scorer: {
          ...aborting,
          async score() {
            controller.abort(reason);
            throw controller.signal.reason;
          },
        },
      },
    ]);
    const aborted = createCallContext({ signal: controller.signal });
    await expect(part.score(request, aborted)).rejects.toBe(reason);
  });

  it('disposes of every member, also where one refuses', async () => {
    const ended: string[] = [];
    const ending = (name: string, error?: Error) =>
      scorer(name, {
        async dispose() {
          ended.push(name);
          if (error !== undefined) throw error;
        },
      });
    const part = ensemble([ending('a', new Error('stuck')), ending('b'), scorer('c')]);
    await expect(part.dispose?.()).rejects.toThrow('stuck');
    expect(ended).toEqual(['a', 'b']);
  });
});

describe('ensemble: options', () => {
  const open = scorer('open', { range: [0, Infinity] });
  it.each([
    ['no member', []],
    ['a weight of 0', [{ scorer: scorer('a'), weight: 0 }]],
    ['a weight that is no number', [{ scorer: scorer('a'), weight: Number.NaN }]],
    ['an unknown key', [{ scorer: scorer('a'), wieght: 1 } as object as ScorerV1]],
    ['two members of one name', [scorer('a'), scorer('a')]],
    ['an unbounded range', [open]],
    [
      'a calibration without a span',
      [{ scorer: open, calibration: { id: 'x', kind: 'affine' as const, low: 1, high: 1 } }],
    ],
  ])('refuse %s', (_, members) => {
    expect(() => ensemble(members)).toThrow(expect.objectContaining({ code: 'INVALID_OPTIONS' }));
  });
});
