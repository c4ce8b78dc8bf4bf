import { memoryTextCache } from 'comfygen';
import { ComfygenError, createCallContext } from 'comfygen/plugin';
import { describe, expect, it } from 'vitest';
import { reply, type Script, scriptedModel, silentAfter } from './__fixtures__/scripted-model.ts';
import { askOnce } from './ask-once.ts';
import { throwLasting } from './failures.ts';
import type { Question } from './question.ts';

const ctx = createCallContext();
const request = { messages: [{ role: 'user' as const, content: 'fox?' }] };
const shout: Question<string>['read'] = ({ text }) =>
  text === '' ? { faults: ['it is empty'] } : { value: text.toUpperCase(), warnings: [] };

function setUp(script: Script, changes: Partial<Question<string>> = {}) {
  const llm = scriptedModel(script);
  const question = { llm, cache: undefined, timeoutMs: 60_000, request, read: shout, ...changes };
  return { llm, ask: (context = ctx) => askOnce(question, context) };
}

describe('askOnce', () => {
  it('gives what was read, and what it took', async () => {
    const { ask } = setUp(() => 'fox');
    expect(await ask()).toEqual({
      value: 'FOX',
      reply: expect.objectContaining({ text: 'fox', model: 'scripted-1' }),
      usage: { inputTokens: 100, outputTokens: 10, cachedTokens: 0, costUsd: 0.01 },
      warnings: [],
    });
  });

  it.each<[what: string, said: unknown, failure: object]>([
    ['a refusal', reply('No.', 'refusal'), { code: 'model-refused' }],
    ['nonsense', '', { code: 'reply-unusable', faults: ['it is empty'] }],
  ])('gives why %s is no answer, and what it took all the same', async (_, said, failure) => {
    expect(await setUp(() => said).ask()).toMatchObject({ failure, usage: { inputTokens: 100 } });
  });

  it('gives errors of the model, and throws what is none of ours', async () => {
    const error = new ComfygenError('AUTH', 'Wrong key.');
    expect(await setUp(() => error).ask()).toMatchObject({
      failure: {
        code: 'model-failed',
        message: 'scripted-1 could not be asked: Wrong key.',
        error,
      },
      usage: undefined,
    });
    const bug = new TypeError('x is undefined');
    await expect(setUp(() => bug).ask()).rejects.toBe(bug);
  });

  it('holds nobody up for a model that ignores its signal', async () => {
    const { ask } = setUp(() => '', { llm: silentAfter(0), timeoutMs: 1 });
    expect(await ask()).toMatchObject({ failure: { error: { code: 'UNAVAILABLE' } } });
    const stop = new AbortController();
    const asking = setUp(() => '', { llm: silentAfter(0) }).ask(
      createCallContext({ signal: stop.signal }),
    );
    const reason = new Error('enough');
    stop.abort(reason);
    await expect(asking).rejects.toBe(reason);
  });

  it('keeps whole replies that could be used, and no others', async () => {
    const cache = memoryTextCache();
    const said = ['', reply('fo', 'length'), 'fox'];
    const { llm, ask } = setUp((_, turn) => said[turn - 1], { cache });
    for (const _turn of said) await ask();
    const kept = await ask();
    expect(kept).toMatchObject({ value: 'FOX', warnings: [{ code: 'reply-cached' }] });
    expect([kept.usage, llm.requests.length]).toEqual([undefined, 3]);
  });
});

describe('throwLasting', () => {
  it.each([
    ['AUTH', true],
    ['NOT_FOUND', true],
    ['UNAVAILABLE', false],
    ['PAYLOAD_TOO_LARGE', false],
  ] as const)('%s: %s', (code, isLasting) => {
    const error = new ComfygenError(code, 'No.');
    const check = () => throwLasting({ code: 'model-failed', message: '', faults: [], error });
    if (isLasting) expect(check).toThrow(error);
    else expect(check).not.toThrow();
  });
});
