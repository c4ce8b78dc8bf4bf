import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { afterEach, describe, expect, it } from 'vitest';
import { createFakeAnthropic } from './anthropic/fake-anthropic.ts';
import { createFakeOpenai } from './openai/fake-openai.ts';

type Body = Record<string, unknown>;

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const user = { role: 'user', content: 'hello' };
const schema = { type: 'object', properties: { a: { type: 'string' } } };
const closed = { ...schema, additionalProperties: false };

describe('createFakeAnthropic', () => {
  const good = { model: 'claude-haiku-5-5', max_tokens: 9, messages: [user] };
  const send = async (body: Body) => {
    const fake = await createFakeAnthropic();
    closing.push(fake.close);
    const client = new Anthropic({ apiKey: 'key', baseURL: fake.baseUrl, maxRetries: 0 });
    return client.messages.create(body as never) as unknown;
  };
  const { max_tokens: _, ...unlimited } = good;
  const mark = { type: 'text', text: 'x', cache_control: { type: 'ephemeral' } };
  const text = (text: string) => [{ role: 'user', content: [{ type: 'text', text }] }];
  const image = (media_type: string) => [
    {
      role: 'user',
      content: [{ type: 'image', source: { type: 'base64', media_type, data: 'AAAA' } }],
    },
  ];
  const format = (schema: object) => ({
    output_config: { format: { type: 'json_schema', schema } },
  });

  it.each<[string, Body]>([
    ['max_tokens: Field required', unlimited],
    ['top_k: Extra inputs are not permitted', { ...good, top_k: 3 }],
    ['messages.0.role', { ...good, messages: [{ role: 'robot', content: 'x' }] }],
    ['at least one message', { ...good, messages: [] }],
    ['prefill', { ...good, messages: [user, { role: 'assistant', content: '{' }] }],
    ['non-empty', { ...good, messages: text('') }],
    ['non-empty', { ...good, system: [{ type: 'text', text: '' }] }],
    ['maximum of 4', { ...good, system: [mark, mark, mark, mark, mark] }],
    ['media_type', { ...good, messages: image('image/tiff') }],
    ["'additionalProperties' must be", { ...good, ...format(schema) }],
    [
      "property 'minimum' is not supported",
      {
        ...good,
        ...format({ ...closed, properties: { a: { type: 'integer', minimum: 1 } } }),
      },
    ],
    ["Tool 'b' not found", { ...good, tools: [], tool_choice: { type: 'tool', name: 'b' } }],
  ])('refuses as the API does: %s', async (message, body) => {
    await expect(send(body)).rejects.toMatchObject({
      status: 400,
      type: 'invalid_request_error',
      message: expect.stringContaining(message),
    });
  });

  it.each<[string, Body]>([
    ['a plain turn', good],
    ['a schema', { ...good, ...format(closed) }],
    ['a picture', { ...good, messages: image('image/webp') }],
    ['marks', { ...good, system: [mark, mark, mark, mark] }],
  ])('takes %s', async (_what, body) => {
    expect(await send(body)).toMatchObject({ role: 'assistant', stop_reason: 'end_turn' });
  });

  it('answers 404 elsewhere, and 401 without a key', async () => {
    const fake = await createFakeAnthropic({ models: ['claude-haiku-5-5'] });
    closing.push(fake.close);
    const post = (path: string, headers: Record<string, string> = {}) =>
      fetch(fake.baseUrl + path, { method: 'POST', body: JSON.stringify(good), headers });
    expect((await post('/v1/complete')).status).toBe(404);
    expect((await post('/v1/messages')).status).toBe(401);
    expect((await post('/v1/messages', { 'x-api-key': 'k' })).status).toBe(400);
    const headers = { 'x-api-key': 'k', 'anthropic-version': '2023-06-01' };
    expect((await post('/v1/messages', headers)).status).toBe(200);
    expect(fake.requests.at(-1)).toMatchObject({
      status: 200,
      headers: { 'x-api-key': '[redacted]' },
    });
  });

  it('says at once that a script is at its end', async () => {
    const fake = await createFakeAnthropic({ script: ['one'] });
    closing.push(fake.close);
    const client = new Anthropic({ apiKey: 'key', baseURL: fake.baseUrl });
    await client.messages.create(good as never);
    await expect(client.messages.create(good as never)).rejects.toThrow(/no reply for request 2/);
    expect(fake.requests).toHaveLength(2);
  });
});

describe('createFakeOpenai', () => {
  const good = { model: 'gpt-5-mini', messages: [user] };
  const send = async (body: Body) => {
    const fake = await createFakeOpenai();
    closing.push(fake.close);
    const client = new OpenAI({ apiKey: 'key', baseURL: fake.baseUrl, maxRetries: 0 });
    return client.chat.completions.create(body as never) as unknown;
  };
  const format = (json_schema: object) => ({
    response_format: { type: 'json_schema', json_schema },
  });
  const strict = { name: 'a', strict: true };

  it.each<[string, Body]>([
    ['Unrecognized request argument supplied: top_k', { ...good, top_k: 3 }],
    ["Missing required parameter: 'messages'", { model: 'm' }],
    ['messages.0.role', { ...good, messages: [{ role: 'robot', content: 'x' }] }],
    ['at the same time', { ...good, max_tokens: 1, max_completion_tokens: 1 }],
    ["the word 'json'", { ...good, response_format: { type: 'json_object' } }],
    ["'additionalProperties' is required", { ...good, ...format({ ...strict, schema }) }],
    ["Missing 'a'", { ...good, ...format({ ...strict, schema: closed }) }],
    ['response_format', { ...good, ...format({ name: 'a b', schema }) }],
    ['temperature', { ...good, temperature: 3 }],
  ])('refuses as the API does: %s', async (message, body) => {
    await expect(send(body)).rejects.toMatchObject({
      status: 400,
      type: 'invalid_request_error',
      message: expect.stringContaining(message),
    });
  });

  it.each<[string, Body]>([
    ['a plain turn', { ...good, seed: 1, max_completion_tokens: 5, store: false }],
    ['a schema', { ...good, ...format({ ...strict, schema: { ...closed, required: ['a'] } }) }],
    ['a loose schema', { ...good, ...format({ name: 'a', schema }) }],
  ])('takes %s', async (_what, body) => {
    expect(await send(body)).toMatchObject({ choices: [{ finish_reason: 'stop' }] });
  });
});
