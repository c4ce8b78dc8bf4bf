import { ComfygenError, createCallContext, type LanguageRequest } from 'comfygen/plugin';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createFakeAnthropic, type FakeAnthropicOptions } from '../testing/index.ts';
import { anthropic } from './anthropic.ts';
import type { AnthropicOptions } from './options.ts';

const KEY = 'planted-9fe2a7c45b';
const ASK: LanguageRequest = { messages: [{ role: 'user', content: 'Which flow?' }] };
const SCHEMA = {
  name: 'choice',
  schema: {
    type: 'object',
    properties: { flow: { type: 'string' }, sure: { type: 'integer', minimum: 0 } },
    required: ['flow'],
  },
};
const ctx = createCallContext();

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const close of closing.splice(0)) await close();
});

async function setUp(options: FakeAnthropicOptions = {}, more: Partial<AnthropicOptions> = {}) {
  const fake = await createFakeAnthropic({ apiKey: KEY, ...options });
  closing.push(fake.close);
  const model = anthropic({
    model: 'claude-haiku-5-5',
    apiKey: KEY,
    baseUrl: fake.baseUrl,
    maxRetries: 0,
    ...more,
  });
  return { fake, model };
}

const failure = async (promise: Promise<unknown>) => {
  const error = await promise.then(
    () => expect.fail('it must fail'),
    (reason: unknown) => reason,
  );
  if (!ComfygenError.is(error)) throw error;
  return error;
};

describe('anthropic: what is asked and answered', () => {
  it('gives the text, the stop, the model and the tokens', async () => {
    const { fake, model } = await setUp({
      script: { kind: 'text', text: 'Flow b.', thinking: 'Hm, b or c?' },
    });
    const reply = await model.generate(
      { system: [{ text: 'Be short.' }, { text: ' ' }], ...ASK, maxTokens: 50 },
      ctx,
    );
    expect(reply).toMatchObject({ text: 'Flow b.', stop: 'end', model: 'claude-haiku-5-5' });
    expect(reply.usage).toMatchObject({ cachedTokens: 0, costUsd: null });
    expect(reply.usage.inputTokens).toBeGreaterThan(0);
    expect(reply.warnings).toEqual([]);
    expect(fake.calls[0]).toMatchObject({ system: 'Be short.', prompt: 'Which flow?' });
    expect(fake.calls[0]?.body).toMatchObject({ max_tokens: 50 });
  });

  it('sends pictures, and refuses kinds that the API does not take before any request', async () => {
    const { fake, model } = await setUp();
    const show = (mediaType: string): LanguageRequest => ({
      messages: [
        {
          role: 'user',
          content: [
            { type: 'image', bytes: new Uint8Array(70_000).fill(7), mediaType },
            { type: 'text', text: 'What is it?' },
          ],
        },
      ],
    });
    await model.generate(show('image/png'), ctx);
    expect(fake.calls[0]?.messages).toEqual([{ role: 'user', text: 'What is it?', images: 1 }]);
    expect(await failure(model.generate(show('image/tiff'), ctx))).toMatchObject({
      code: 'UNSUPPORTED',
    });
    expect(fake.requests).toHaveLength(1);
  });

  it('marks prefixes for the prompt cache, and counts what it saved', async () => {
    const table = 'flow a: 0.71\n'.repeat(800);
    const { model } = await setUp(
      {},
      { prices: { input: 1, output: 5, cacheRead: 0.1, cacheWrite: 1.25 } },
    );
    const request: LanguageRequest = {
      system: [{ text: 'Choose.' }, { text: table, cache: true }],
      ...ASK,
    };
    const first = await model.generate(request, ctx);
    const second = await model.generate(
      { ...request, messages: [{ role: 'user', content: 'And for a cat?' }] },
      ctx,
    );
    expect(first.usage.cachedTokens).toBe(0);
    expect(second.usage.cachedTokens).toBeGreaterThan(2_000);
    expect(second.usage.cachedTokens).toBeLessThan(second.usage.inputTokens);
    expect(second.usage.costUsd).toBeLessThan(first.usage.costUsd! / 5);
  });

  it('keeps the last four of more marks than the API takes', async () => {
    const { fake, model } = await setUp();
    const system = ['a', 'b', 'c', 'd', 'e'].map((text) => ({ text, cache: true }));
    await model.generate({ system, ...ASK }, ctx);
    const blocks = fake.calls[0]?.body['system'] as { cache_control?: unknown }[];
    expect(blocks.map((block) => 'cache_control' in block)).toEqual([
      false,
      true,
      true,
      true,
      true,
    ]);
  });

  it('says no cost where it does not know the price of something it used', async () => {
    const { model } = await setUp({}, { prices: { input: 1, output: 5 } });
    const plain = await model.generate(ASK, ctx);
    expect(plain.usage.costUsd).toBeCloseTo(
      (plain.usage.inputTokens + 5 * plain.usage.outputTokens) / 1e6,
      12,
    );
    const system = [{ text: 'long '.repeat(2_000), cache: true }];
    expect((await model.generate({ system, ...ASK }, ctx)).usage.costUsd).toBeNull();
  });

  it('leaves a temperature out, and says so', async () => {
    const { model } = await setUp();
    const reply = await model.generate({ ...ASK, temperature: 0 }, ctx);
    expect(reply.warnings.map(({ code }) => code)).toEqual(['temperature-ignored']);
  });

  it('passes effort and further fields on', async () => {
    const { fake, model } = await setUp({}, { effort: 'low', body: { service_tier: 'auto' } });
    await model.generate(ASK, ctx);
    expect(fake.calls[0]?.body).toMatchObject({
      output_config: { effort: 'low' },
      service_tier: 'auto',
    });
  });

  it.each([
    ['truncated', { kind: 'truncated', text: '{"flow":"a' }, 'length', '{"flow":"a'],
    ['refused', { kind: 'refusal' }, 'refusal', ''],
    ['refused with words', { kind: 'refusal', text: 'I will not.' }, 'refusal', 'I will not.'],
  ] as const)('tells a reply that was %s', async (_what, script, stop, text) => {
    const { model } = await setUp({ script });
    expect(await model.generate({ ...ASK, schema: SCHEMA }, ctx)).toMatchObject({ stop, text });
  });
});

describe('anthropic: replies of a schema', () => {
  const answer = '{"flow":"b","sure":3}';

  it('has the API hold the reply to it, written as the API takes it', async () => {
    const { fake, model } = await setUp({ script: answer });
    const reply = await model.generate({ ...ASK, schema: SCHEMA }, ctx);
    expect(reply).toMatchObject({ text: answer, stop: 'end', warnings: [] });
    expect(fake.calls[0]?.schema).toMatchObject({
      additionalProperties: false,
      required: ['flow'],
    });
  });

  it('goes on with a tool where the server does not know structured output, and remembers', async () => {
    const { fake, model } = await setUp({ script: answer, unsupported: ['output_config'] });
    const first = await model.generate({ ...ASK, schema: SCHEMA }, ctx);
    expect(first).toMatchObject({ text: answer, stop: 'end' });
    expect(first.warnings.map(({ code }) => code)).toEqual(['structured-downgraded']);
    const second = await model.generate({ ...ASK, schema: SCHEMA }, ctx);
    expect(second.warnings).toEqual([]);
    expect(fake.requests.map(({ status }) => status)).toEqual([400, 200, 200]);
    expect(fake.calls.at(-1)?.body['tool_choice']).toMatchObject({ type: 'tool', name: 'choice' });
  });

  it('asks in words where the server takes neither', async () => {
    const { fake, model } = await setUp({
      script: `Sure: ${answer}`,
      unsupported: ['output_config', 'tools'],
    });
    const reply = await model.generate({ ...ASK, schema: SCHEMA }, ctx);
    expect(reply.text).toBe(`Sure: ${answer}`);
    expect(fake.calls[0]?.system).toContain('"flow"');
  });

  it('takes a tool for objects of any keys, which structured output would empty', async () => {
    const { fake, model } = await setUp({ script: '{"a":["x"]}' });
    const schema = { type: 'object', additionalProperties: { type: 'array' } };
    const reply = await model.generate({ ...ASK, schema: { name: 'labels', schema } }, ctx);
    expect(reply.text).toBe('{"a":["x"]}');
    expect(fake.calls[0]?.schema).toEqual(schema);
  });
});

describe('anthropic: failures', () => {
  it.each([
    [{ kind: 'error', status: 401 }, 'AUTH'],
    [{ kind: 'error', status: 402 }, 'PAYMENT'],
    [{ kind: 'error', status: 403 }, 'FORBIDDEN'],
    [{ kind: 'error', status: 404 }, 'NOT_FOUND'],
    [{ kind: 'error', status: 413 }, 'PAYLOAD_TOO_LARGE'],
    [
      { kind: 'error', status: 400, message: 'prompt is too long: 250000 tokens' },
      'PAYLOAD_TOO_LARGE',
    ],
    [{ kind: 'error', status: 400, message: 'Your credit balance is too low' }, 'PAYMENT'],
    [{ kind: 'error', status: 400, message: 'messages.0: no' }, 'PROTOCOL'],
    [{ kind: 'error', status: 500 }, 'UNAVAILABLE'],
    [{ kind: 'overloaded' }, 'UNAVAILABLE'],
    [{ kind: 'reset' }, 'UNAVAILABLE'],
    [{ kind: 'html' }, 'PROTOCOL'],
  ] as const)('%o is %s', async (script, code) => {
    const { model } = await setUp({ script });
    expect(await failure(model.generate(ASK, ctx))).toMatchObject({ code });
  });

  it('knows no retry for a request that is wrong', async () => {
    const { model } = await setUp({ script: { kind: 'error', status: 400, message: 'no' } });
    expect(await failure(model.generate(ASK, ctx))).toMatchObject({ retryable: false });
  });

  it('tells when to come back, and does not wait longer than it may', async () => {
    for (const hint of ['seconds', 'milliseconds'] as const) {
      const { fake, model } = await setUp(
        { script: { kind: 'rate-limited', retryAfterMs: 90_000, hint } },
        { maxRetries: 5 },
      );
      const error = await failure(model.generate(ASK, ctx));
      expect(error).toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: 90_000 });
      expect(fake.requests).toHaveLength(1);
    }
  });

  it('has the SDK try again, and says so', async () => {
    const limited = { kind: 'rate-limited', retryAfterMs: 1, hint: 'milliseconds' } as const;
    const { fake, model } = await setUp({ script: [limited, limited, 'b'] }, { maxRetries: 2 });
    const reply = await model.generate(ASK, ctx);
    expect(reply.text).toBe('b');
    expect(reply.warnings).toMatchObject([{ code: 'request-retried', details: { attempts: 3 } }]);
    expect(fake.requests.map(({ status }) => status)).toEqual([429, 429, 200]);
  });

  it('shows the key nowhere, even where the server repeats it', async () => {
    const { inspect } = await import('node:util');
    const message = `the key ${KEY} is wrong`;
    const { fake, model } = await setUp({ script: { kind: 'error', status: 401, message } });
    const error = await failure(model.generate(ASK, ctx));
    expect(error.message).toContain('the key [redacted] is wrong');
    for (const text of [JSON.stringify(error), inspect(error, { depth: 9 }), error.stack])
      expect(text).not.toContain(KEY);
    expect(JSON.stringify(fake.requests)).not.toContain(KEY);
  });

  it.each(['silence', 'half'] as const)(
    'gives up at once on %s when it is aborted',
    async (kind) => {
      const { fake, model } = await setUp({ script: { kind } });
      const abort = new AbortController();
      const reply = model.generate(ASK, createCallContext({ signal: abort.signal }));
      await fake.received(1);
      abort.abort('enough');
      await expect(reply).rejects.toBe('enough');
    },
  );

  it.each([
    ['its own limit', {}, 'UNAVAILABLE'],
    ['the deadline', { deadline: 1_000 }, 'CLIENT_TIMEOUT'],
  ])('settles at %s though the server never answers', async (_what, limits, code) => {
    const { fake, model } = await setUp({ script: { kind: 'silence' } });
    let wake = () => {};
    const clock = {
      now: () => 0,
      sleep: () =>
        new Promise<void>((resolve) => {
          wake = resolve;
        }),
    };
    const reply = failure(model.generate(ASK, createCallContext({ clock, ...limits })));
    await fake.received(1);
    wake();
    expect(await reply).toMatchObject({ code });
  });

  it('asks nothing when the deadline is over, the signal aborted, or the request wrong', async () => {
    const { fake, model } = await setUp();
    const late = createCallContext({ deadline: Date.now() - 1 });
    expect(await failure(model.generate(ASK, late))).toMatchObject({ code: 'CLIENT_TIMEOUT' });
    const signal = AbortSignal.abort('no');
    await expect(model.generate(ASK, createCallContext({ signal }))).rejects.toBe('no');
    for (const wrong of [
      { messages: [] },
      { messages: [{ role: 'assistant' as const, content: 'b' }] },
      { ...ASK, schema: { name: 'a b', schema: SCHEMA.schema } },
      { ...ASK, schema: { name: 'list', schema: { type: 'array' } } },
    ])
      expect(await failure(model.generate(wrong, ctx))).toMatchObject({ code: 'INVALID_OPTIONS' });
    expect(fake.requests).toEqual([]);
  });

  it('names the option and the variable of a key that is missing', async () => {
    vi.stubEnv('ANTHROPIC_API_KEY', '');
    vi.stubEnv('ANTHROPIC_BASE_URL', '');
    const error = await failure(anthropic({ model: 'claude-haiku-5-5' }).generate(ASK, ctx));
    expect(error).toMatchObject({ code: 'MISSING_SETTING' });
    expect(error.message).toMatch(/apiKey.*ANTHROPIC_API_KEY/);
  });

  it("keeps the environment's key from an address that was given in code", async () => {
    vi.stubEnv('ANTHROPIC_API_KEY', KEY);
    const { fake, model } = await setUp({}, { apiKey: undefined });
    expect(await failure(model.generate(ASK, ctx))).toMatchObject({ code: 'AUTH' });
    expect(fake.requests[0]?.headers).not.toHaveProperty('authorization');
    vi.stubEnv('ANTHROPIC_BASE_URL', fake.baseUrl);
    const fromEnvironment = anthropic({ model: 'claude-haiku-5-5', maxRetries: 0 });
    expect(await fromEnvironment.generate(ASK, ctx)).toMatchObject({ text: 'ok' });
  });

  it('follows no redirect with its key, and says where the server is', async () => {
    const { fake, model } = await setUp({
      script: { kind: 'error', status: 307, headers: { location: 'https://elsewhere.test/v1' } },
    });
    const error = await failure(model.generate(ASK, ctx));
    expect(error).toMatchObject({ code: 'PROTOCOL' });
    expect(error.message).toContain('https://elsewhere.test');
    expect(fake.requests).toHaveLength(1);
  });

  it('refuses options that are wrong or unknown', () => {
    for (const wrong of [
      { model: '' },
      { model: 'm', baseUrl: 'ftp://x' },
      { model: 'm', key: 'x' },
    ])
      expect(() => anthropic(wrong)).toThrowError(
        expect.objectContaining({ code: 'INVALID_OPTIONS' }),
      );
  });
});
