import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { memoryTextCache } from 'comfygen';
import { folderTextCache } from 'comfygen/node';
import { createCallContext, type LanguageRequest, type TextCache } from 'comfygen/plugin';
import { createTestClock } from 'comfygen/testing';
import { afterEach, expect, it } from 'vitest';
import { openai } from '../openai/openai.ts';
import { createFakeOpenai, type FakeOpenaiOptions } from '../testing/index.ts';
import { withCache } from './with-cache.ts';

const ctx = createCallContext();
const ASK: LanguageRequest = {
  system: [{ text: 'Choose.', cache: true }],
  messages: [{ role: 'user', content: 'Which flow?' }],
};

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function setUp(cache: TextCache, options: FakeOpenaiOptions = {}) {
  const fake = await createFakeOpenai(options);
  closing.push(fake.close);
  const ask = (request: LanguageRequest, name = 'm') =>
    withCache(openai({ model: name, baseUrl: fake.baseUrl, maxRetries: 0 }), cache).generate(
      request,
      ctx,
    );
  return { fake, ask };
}

it('asks once, also across processes, and says that it did not ask again', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'replies-'));
  closing.push(() => rm(folder, { recursive: true }));
  const { fake, ask } = await setUp(folderTextCache(folder), { script: 'b' });
  const first = await ask(ASK);
  const second = await setUp(folderTextCache(folder));
  const again = await second.ask({
    messages: [{ content: 'Which flow?', role: 'user' }],
    system: [{ cache: true, text: 'Choose.' }],
    maxTokens: undefined,
  });
  expect(first.warnings).toEqual([]);
  expect(again).toMatchObject({
    text: 'b',
    stop: 'end',
    model: 'm',
    usage: { inputTokens: 0, outputTokens: 0, cachedTokens: 0, costUsd: 0 },
    warnings: [{ code: 'reply-cached' }],
  });
  expect([fake.calls.length, second.fake.calls.length]).toEqual([1, 0]);
});

it('tells questions apart by model, words, pictures and settings', async () => {
  const { fake, ask } = await setUp(memoryTextCache());
  const picture = (byte: number): LanguageRequest => ({
    messages: [
      {
        role: 'user',
        content: [{ type: 'image', bytes: Uint8Array.of(byte), mediaType: 'image/png' }],
      },
    ],
  });
  const different: LanguageRequest[] = [
    ASK,
    { ...ASK, maxTokens: 9 },
    { ...ASK, system: [] },
    picture(1),
    picture(2),
  ];
  for (const request of different) await ask(request);
  const [message] = picture(1).messages;
  const buffer = { type: 'image', bytes: Buffer.of(1), mediaType: 'image/png' } as const;
  const again = await ask({ messages: [{ ...message!, content: [buffer] }] });
  expect(again.warnings).toMatchObject([{ code: 'reply-cached' }]);
  await ask(ASK, 'another');
  expect(fake.calls).toHaveLength(6);
});

it('keeps no reply that was cut or declined', async () => {
  const { fake, ask } = await setUp(memoryTextCache(), {
    script: [{ kind: 'truncated', text: 'b' }, { kind: 'refusal' }, 'b'],
  });
  expect([(await ask(ASK)).stop, (await ask(ASK)).stop, (await ask(ASK)).stop]).toEqual([
    'length',
    'refusal',
    'end',
  ]);
  expect(fake.calls).toHaveLength(3);
});

it.each([
  ['reads', { get: () => Promise.reject(new Error('disk gone')), set: async () => {} }],
  ['writes', { get: async () => undefined, set: () => Promise.reject(new Error('disk full')) }],
  ['is damaged', { get: async () => '{"text":', set: async () => {} }],
])('loses no reply where the cache fails: %s', async (_what, cache) => {
  const { ask } = await setUp(cache, { script: 'b' });
  const reply = await ask(ASK);
  expect(reply.text).toBe('b');
  expect(reply.warnings.map(({ code }) => code)).toEqual(['reply-cache-failed']);
});

it('holds no reply up where the cache never answers', async () => {
  const never = () => new Promise<never>(() => {});
  const { fake } = await setUp({ get: never, set: never }, { script: 'b' });
  const clock = createTestClock();
  const model = withCache(openai({ model: 'm', baseUrl: fake.baseUrl, maxRetries: 0 }), {
    get: never,
    set: never,
  });
  const reply = await clock.run(model.generate(ASK, createCallContext({ clock })), 60_000);
  expect(reply.text).toBe('b');
  expect(reply.warnings.map(({ code }) => code)).toEqual([
    'reply-cache-failed',
    'reply-cache-failed',
  ]);
});
