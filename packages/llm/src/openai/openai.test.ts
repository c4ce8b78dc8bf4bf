import { ComfygenError, createCallContext, type LanguageRequest } from 'comfygen/plugin';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createFakeOpenai, type FakeOpenaiOptions } from '../testing/index.ts';
import { openai } from './openai.ts';
import type { OpenaiOptions } from './options.ts';

const KEY = 'planted-9fe2a7c45b';
const ASK: LanguageRequest = { messages: [{ role: 'user', content: 'Which flow?' }] };
const SCHEMA = {
  name: 'choice',
  schema: {
    type: 'object',
    properties: { flow: { type: 'string' } },
    required: ['flow'],
    additionalProperties: false,
  },
};
const ANSWER = '{"flow":"b"}';
const ctx = createCallContext();

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const close of closing.splice(0)) await close();
});

async function setUp(options: FakeOpenaiOptions = {}, more: Partial<OpenaiOptions> = {}) {
  const fake = await createFakeOpenai(options);
  closing.push(fake.close);
  const { apiKey } = options;
  const model = openai({
    model: 'llama3.1',
    baseUrl: fake.baseUrl,
    maxRetries: 0,
    apiKey,
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

describe('openai: what is asked and answered', () => {
  it('asks a local server without any key, whatever the environment has', async () => {
    vi.stubEnv('OPENAI_API_KEY', KEY);
    vi.stubEnv('OPENAI_ORG_ID', 'org-planted');
    const { fake, model } = await setUp({
      script: { kind: 'text', text: 'Flow b.', thinking: 'Hm, b or c?' },
    });
    const reply = await model.generate(
      { system: [{ text: 'Be short.' }, { text: 'Really.', cache: true }], ...ASK },
      ctx,
    );
    expect(reply).toMatchObject({ text: 'Flow b.', stop: 'end', model: 'llama3.1', warnings: [] });
    expect(fake.calls[0]).toMatchObject({ system: 'Be short.\n\nReally.', prompt: 'Which flow?' });
    expect(fake.requests[0]?.headers).not.toHaveProperty('authorization');
    expect(fake.requests[0]?.headers).not.toHaveProperty('openai-organization');
  });

  it("takes the environment's key to the environment's address", async () => {
    const { fake } = await setUp({ apiKey: KEY });
    vi.stubEnv('OPENAI_API_KEY', KEY);
    vi.stubEnv('OPENAI_BASE_URL', fake.baseUrl);
    expect(await openai({ model: 'm' }).generate(ASK, ctx)).toMatchObject({ text: 'ok' });
  });

  it('names the option and the variable of a key that OpenAI needs', async () => {
    vi.stubEnv('OPENAI_API_KEY', '');
    vi.stubEnv('OPENAI_BASE_URL', '');
    const error = await failure(openai({ model: 'm' }).generate(ASK, ctx));
    expect(error).toMatchObject({ code: 'MISSING_SETTING' });
    expect(error.message).toMatch(/apiKey.*OPENAI_API_KEY/);
  });

  it('sends pictures, temperature, limit, effort and further fields', async () => {
    const { fake, model } = await setUp(
      { extra: ['chat_template_kwargs'] },
      { effort: 'low', body: { chat_template_kwargs: { enable_thinking: false } } },
    );
    const image = { type: 'image', bytes: Uint8Array.of(1, 2, 3), mediaType: 'image/png' } as const;
    const text = { type: 'text', text: 'What is it?' } as const;
    const messages = [{ role: 'user' as const, content: [image, text] }];
    await model.generate({ messages, temperature: 0.2, maxTokens: 9 }, ctx);
    expect(fake.calls[0]?.messages).toEqual([{ role: 'user', text: 'What is it?', images: 1 }]);
    expect(fake.calls[0]?.body).toMatchObject({
      temperature: 0.2,
      max_tokens: 9,
      reasoning_effort: 'low',
      chat_template_kwargs: { enable_thinking: false },
    });
  });

  it('counts what the provider cached, at its price', async () => {
    const prices = { input: 2, output: 8, cacheRead: 0.2 };
    const { model } = await setUp({}, { prices });
    const request = { system: [{ text: 'flow a: 0.71\n'.repeat(800) }], ...ASK };
    await model.generate(request, ctx);
    const { usage } = await model.generate(request, ctx);
    expect(usage.cachedTokens).toBeGreaterThan(2_000);
    const { inputTokens, cachedTokens, outputTokens } = usage;
    const dollars = 2 * (inputTokens - cachedTokens) + 0.2 * cachedTokens + 8 * outputTokens;
    expect(usage.costUsd).toBeCloseTo(dollars / 1e6, 12);
  });

  it.each([
    ['cut', { kind: 'truncated', text: '{"flow":"a' }, 'length', '{"flow":"a'],
    ['declined', { kind: 'refusal', text: 'I will not.' }, 'refusal', 'I will not.'],
    ['preceded by thoughts', `<think>b {or} c?</think>\n${ANSWER}`, 'end', ANSWER],
  ] as const)('tells a reply that was %s', async (_what, script, stop, text) => {
    const { model } = await setUp({ script });
    expect(await model.generate({ ...ASK, schema: SCHEMA }, ctx)).toMatchObject({ stop, text });
  });
});

describe('openai: replies of a schema', () => {
  const ask = { ...ASK, schema: SCHEMA };
  const codes = (reply: { warnings: { code: string }[] }) => reply.warnings.map(({ code }) => code);

  it('has the server hold the reply to it', async () => {
    const { fake, model } = await setUp({ script: ANSWER });
    expect(await model.generate(ask, ctx)).toMatchObject({ text: ANSWER, warnings: [] });
    expect(fake.calls[0]?.schema).toEqual(SCHEMA.schema);
    expect(fake.calls[0]?.body).toMatchObject({
      response_format: { type: 'json_schema', json_schema: { name: 'choice', strict: true } },
    });
  });

  it('sends a schema with optional keys as one that is not strict', async () => {
    const { fake, model } = await setUp({ script: ANSWER });
    const schema = { type: 'object', properties: { flow: { type: 'string' } } };
    const reply = await model.generate({ ...ASK, schema: { name: 'choice', schema } }, ctx);
    expect(codes(reply)).toEqual([]);
    expect(fake.calls[0]?.body).toMatchObject({
      response_format: { json_schema: { strict: false } },
    });
  });

  it('asks for any JSON and for the schema in words where the server refuses, and remembers', async () => {
    const { fake, model } = await setUp({ script: ANSWER, unsupported: ['json_schema'] });
    expect(codes(await model.generate(ask, ctx))).toEqual(['structured-downgraded']);
    expect(codes(await model.generate(ask, ctx))).toEqual([]);
    expect(fake.requests.map(({ status }) => status)).toEqual([400, 200, 200]);
    expect(fake.calls[0]?.system).toContain(JSON.stringify(SCHEMA.schema));
    expect(fake.calls[0]?.body).toMatchObject({ response_format: { type: 'json_object' } });
  });

  it('asks in words alone where the server knows no response_format', async () => {
    const { fake, model } = await setUp({ script: ANSWER, unsupported: ['response_format'] });
    const reply = await model.generate(ask, ctx);
    expect(codes(reply)).toEqual(['structured-downgraded', 'structured-downgraded']);
    expect(fake.calls[0]?.body).not.toHaveProperty('response_format');
  });

  it("speaks vLLM's own field", async () => {
    const { fake, model } = await setUp(
      { script: ANSWER, extra: ['structured_outputs'] },
      { structured: 'structured_outputs' },
    );
    expect(await model.generate(ask, ctx)).toMatchObject({ text: ANSWER });
    expect(fake.calls[0]?.schema).toEqual(SCHEMA.schema);
    expect(fake.calls[0]?.body).not.toHaveProperty('response_format');
  });

  it('renames the limit and leaves the temperature out where a model wants that', async () => {
    const { fake, model } = await setUp({ unsupported: ['max_tokens', 'temperature'] });
    const request = { ...ASK, maxTokens: 9, temperature: 0 };
    expect(codes(await model.generate(request, ctx)).sort()).toEqual([
      'field-renamed',
      'temperature-ignored',
    ]);
    expect(codes(await model.generate(request, ctx))).toEqual([]);
    expect(fake.calls[0]?.body).toMatchObject({ max_completion_tokens: 9 });
  });

  it('keeps what two requests at a time learned', async () => {
    const { fake, model } = await setUp({ unsupported: ['temperature', 'json_schema'] });
    await Promise.all([
      model.generate({ ...ASK, temperature: 0 }, ctx),
      model.generate({ ...ASK, schema: SCHEMA }, ctx),
    ]);
    const before = fake.requests.length;
    expect(codes(await model.generate({ ...ask, temperature: 0 }, ctx))).toEqual([]);
    expect(fake.requests).toHaveLength(before + 1);
  });

  it('gives up on a server that takes neither name', async () => {
    const { fake, model } = await setUp({ unsupported: ['max_tokens', 'max_completion_tokens'] });
    const error = await failure(model.generate({ ...ASK, maxTokens: 9 }, ctx));
    expect(error).toMatchObject({ code: 'PROTOCOL', retryable: false });
    expect(fake.requests).toHaveLength(2);
  });

  it('learns nothing from a value that is too large', async () => {
    const message = 'max_tokens is too large: 90000. This model supports at most 16384 tokens.';
    const { fake, model } = await setUp({
      script: { kind: 'error', status: 400, message, param: 'max_tokens' },
    });
    expect(await failure(model.generate({ ...ASK, maxTokens: 90_000 }, ctx))).toMatchObject({
      code: 'PROTOCOL',
    });
    expect(fake.requests).toHaveLength(1);
  });
});

describe('openai: failures', () => {
  it.each([
    [{ kind: 'error', status: 403 }, 'FORBIDDEN'],
    [{ kind: 'error', status: 404 }, 'NOT_FOUND'],
    [{ kind: 'error', status: 429, code: 'insufficient_quota' }, 'PAYMENT'],
    [{ kind: 'error', status: 400, code: 'context_length_exceeded' }, 'PAYLOAD_TOO_LARGE'],
    [{ kind: 'error', status: 422, message: 'no' }, 'PROTOCOL'],
    [{ kind: 'overloaded' }, 'UNAVAILABLE'],
    [{ kind: 'reset' }, 'UNAVAILABLE'],
    [{ kind: 'html' }, 'PROTOCOL'],
  ] as const)('%o is %s', async (script, code) => {
    const { model } = await setUp({ script });
    expect(await failure(model.generate(ASK, ctx))).toMatchObject({ code });
  });

  it('says what a server wrote in a shape of its own', async () => {
    const say = async (body: string) => {
      const send: typeof fetch = async () =>
        new Response(body, { status: 400, headers: { 'content-type': 'application/json' } });
      const { model } = await setUp({}, { fetch: send });
      return (await failure(model.generate(ASK, ctx))).message;
    };
    for (const body of [
      '{"object":"error","message":"bad roles","type":"BadRequestError","code":400}',
      '{"error":"bad roles"}',
      '{"detail":[{"msg":"bad roles"}]}',
      'bad roles',
    ])
      expect(await say(body)).toContain('bad roles');
  });

  it('says where nothing runs', async () => {
    const { fake, model } = await setUp();
    await fake.close();
    const error = await failure(model.generate(ASK, ctx));
    expect(error).toMatchObject({ code: 'UNAVAILABLE', retryable: true });
    expect(error.message).toContain('ECONNREFUSED');
  });

  it.each(['', '{"choices":[]}', '{"choices":[{"message"'])(
    'makes no reply of %j',
    async (body) => {
      const headers = { 'content-type': 'application/json' };
      const send: typeof fetch = async () => new Response(body, { headers });
      const { model } = await setUp({}, { fetch: send });
      expect(await failure(model.generate(ASK, ctx))).toMatchObject({ code: 'PROTOCOL' });
    },
  );

  it('says so where a server does not tell its tokens', async () => {
    const body = '{"choices":[{"finish_reason":"stop","message":{"content":"b"}}]}';
    const headers = { 'content-type': 'application/json' };
    const send: typeof fetch = async () => new Response(body, { headers });
    const { model } = await setUp({}, { fetch: send, prices: { input: 1, output: 1 } });
    expect(await model.generate(ASK, ctx)).toMatchObject({
      text: 'b',
      model: 'llama3.1',
      usage: { inputTokens: 0, outputTokens: 0, costUsd: null },
      warnings: [{ code: 'usage-unknown' }],
    });
  });

  it('tells when to come back, and does not wait longer than it may', async () => {
    const { fake, model } = await setUp(
      { script: { kind: 'rate-limited', retryAfterMs: 90_000 } },
      { maxRetries: 5 },
    );
    const error = await failure(model.generate(ASK, ctx));
    expect(error).toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: 90_000 });
    expect(fake.requests).toHaveLength(1);
  });

  it('has the SDK try again, and says so', async () => {
    const limited = { kind: 'rate-limited', retryAfterMs: 1, hint: 'milliseconds' } as const;
    const { model } = await setUp({ script: [limited, 'b'] }, { maxRetries: 2 });
    const reply = await model.generate(ASK, ctx);
    expect(reply).toMatchObject({ text: 'b', warnings: [{ code: 'request-retried' }] });
  });

  it('shows the key nowhere, though the server repeats it', async () => {
    const { inspect } = await import('node:util');
    const { model } = await setUp({ apiKey: 'another' }, { apiKey: KEY });
    const error = await failure(model.generate(ASK, ctx));
    expect(error).toMatchObject({ code: 'AUTH' });
    expect(error.message).toContain('Incorrect API key provided: [redacted]');
    for (const text of [JSON.stringify(error), inspect(error, { depth: 9 }), error.stack])
      expect(text).not.toContain(KEY);
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

  it('names the provider that the host named', async () => {
    const { model } = await setUp({ script: { kind: 'error', status: 500 } }, { name: 'ollama' });
    expect(model.name).toBe('ollama');
    expect(await failure(model.generate(ASK, ctx))).toMatchObject({
      part: { role: 'language-model', name: 'ollama' },
    });
  });
});
