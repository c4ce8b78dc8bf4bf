import { createCallContext } from 'comfygen/plugin';
import { afterEach, describe, expect, it } from 'vitest';
import { createFakeOpenai } from '../testing/index.ts';
import { openaiEmbeddings } from './openai-embeddings.ts';
import { sentenceEmbeddings } from './sentence-embeddings.ts';

const ctx = createCallContext();
const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, x, at) => sum + x * b[at]!, 0);

describe('sentenceEmbeddings', () => {
  const embedder = sentenceEmbeddings();

  it('puts texts of like meaning near each other', async () => {
    const [fox, dog, invoice] = await embedder.embed(
      ['a red fox in deep snow', 'a brown dog in the snow', 'quarterly invoice for accounting'],
      ctx,
    );
    expect(fox).toHaveLength(embedder.dimensions);
    expect(dot(fox!, fox!)).toBeCloseTo(1, 5);
    expect(dot(fox!, dog!)).toBeGreaterThan(dot(fox!, invoice!) + 0.1);
  });

  it('gives a text the same vector wherever it stands, and zeros for none', async () => {
    const texts = Array.from({ length: 40 }, (_, at) => `picture number ${at}`);
    const many = await embedder.embed(['', ...texts, ' \n'], ctx);
    const [one] = await embedder.embed([texts[35]!], ctx);
    expect(many).toHaveLength(42);
    expect(many[36]).toEqual(one);
    expect([many[0], many[41]]).toEqual([new Float32Array(512), new Float32Array(512)]);
    expect(await embedder.embed([], ctx)).toEqual([]);
  });

  it('rethrows the reason of an abort', async () => {
    const signal = AbortSignal.abort('enough');
    await expect(embedder.embed(['a'], createCallContext({ signal }))).rejects.toBe('enough');
  });
});

describe('openaiEmbeddings', () => {
  const closing: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0)) await close();
  });
  const start = async (...args: Parameters<typeof createFakeOpenai>) => {
    const fake = await createFakeOpenai(...args);
    closing.push(fake.close);
    return fake;
  };

  it('asks in batches, keeps the order, and asks for no empty text', async () => {
    const fake = await start();
    const embedder = openaiEmbeddings({
      model: 'nomic-embed-text',
      baseUrl: fake.baseUrl,
      dimensions: 8,
      batchSize: 2,
    });
    const vectors = await embedder.embed(['fox', '', 'dog', 'fox'], ctx);
    expect(vectors[3]).toEqual(vectors[0]);
    expect(vectors[1]).toEqual(new Float32Array(8));
    expect(dot(vectors[2]!, vectors[2]!)).toBeCloseTo(1, 5);
    expect(fake.requests.map(({ body }) => JSON.parse(body).input)).toEqual([
      ['fox', 'dog'],
      ['fox'],
    ]);
  });

  it('takes no vectors of another length', async () => {
    const fake = await start();
    const wrong = openaiEmbeddings({ model: 'm', baseUrl: fake.baseUrl, dimensions: 16 });
    await expect(wrong.embed(['fox'], ctx)).rejects.toMatchObject({
      code: 'PROTOCOL',
      message: expect.stringContaining('8 numbers, not 16'),
    });
    const shortened = openaiEmbeddings({
      model: 'm',
      baseUrl: fake.baseUrl,
      dimensions: 16,
      body: { dimensions: 16 },
    });
    expect((await shortened.embed(['fox'], ctx))[0]).toHaveLength(16);
  });

  it('says why it was refused', async () => {
    const fake = await start({ apiKey: 'right-key' });
    const embedder = openaiEmbeddings({
      model: 'm',
      baseUrl: fake.baseUrl,
      dimensions: 8,
      apiKey: 'wrong-key',
    });
    await expect(embedder.embed(['fox'], ctx)).rejects.toMatchObject({
      code: 'AUTH',
      part: { role: 'embedder', name: 'openai-embeddings' },
    });
  });
});
