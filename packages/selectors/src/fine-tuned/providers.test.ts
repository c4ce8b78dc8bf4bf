import { openai } from '@comfygen/llm/openai';
import { createFakeOpenai, type FakeReply, type FakeScript } from '@comfygen/llm/testing';
import { createCallContext, type JsonObject } from 'comfygen/plugin';
import { describe, expect, it, onTestFinished } from 'vitest';
import { request, table } from '../language-model/__fixtures__/scripted-model.ts';
import { graphText, testFlows } from './__fixtures__/flows.ts';
import { fineTuned } from './fine-tuned.ts';
import { notationGrammar } from './notation/notation-grammar.ts';
import type { FineTunedOptions } from './options.ts';

const flows = testFlows();
const scores = table({ fast: 0.5, base: 0.4, anime: 0.6 });

/** Asks, through the official SDK, a server on 127.0.0.1 that speaks chat completions. */
async function ask(
  script: FakeScript,
  options: Partial<FineTunedOptions> & { extra?: string[]; body?: JsonObject } = {},
) {
  const { extra = [], body, ...rest } = options;
  const server = await createFakeOpenai({ script, extra });
  onTestFinished(() => server.close());
  const { baseUrl } = server;
  const llm = openai({ model: 'ft:tiny', baseUrl, maxRetries: 0, timeoutMs: 20_000, body });
  const selector = fineTuned({ llm, scores, ...rest });
  const select = (prompt: string) => selector.select(request(prompt, flows), createCallContext());
  return { server, select };
}

describe('fineTuned through OpenAI’s SDK', () => {
  it('sends the ids on offer as a strict schema, and tells what was paid', async () => {
    const { server, select } = await ask('{"flow":"fast"}');
    const { ranked, usage } = await select('a fox');
    expect(ranked[0]?.flowId).toBe('fast');
    expect(usage?.outputTokens).toBeGreaterThan(0);
    expect(server.calls[0]).toMatchObject({
      prompt: 'score 0.73\nprompt "a fox"',
      schema: { properties: { flow: { enum: ['base', 'fast', 'anime'] } } },
      body: { temperature: 0, response_format: { json_schema: { strict: true } } },
    });
  });

  it('sends a grammar where the server takes one', async () => {
    const { regex } = notationGrammar(flows);
    const { server, select } = await ask(graphText({ steps: 4, cfg: 1, sampler: 'lcm' }), {
      ...{ output: 'workflow', extra: ['guided_regex'], body: { guided_regex: regex } },
    });
    expect((await select('a fox')).ranked[0]?.flowId).toBe('fast');
    const { body } = server.calls[0]!;
    expect([body['guided_regex'], body['response_format']]).toEqual([regex, undefined]);
  });

  it.each<[what: string, reply: FakeReply, code: string]>([
    ['a refusal', { kind: 'refusal' }, 'model-refused'],
    ['half an answer', { kind: 'truncated', text: '{"flow":"fa' }, 'reply-unusable'],
    ['too many requests', { kind: 'rate-limited', retryAfterMs: 90_000 }, 'model-failed'],
    ['no room', { kind: 'overloaded' }, 'model-failed'],
    ['a broken line', { kind: 'reset' }, 'model-failed'],
    ['a web page', { kind: 'html' }, 'model-failed'],
    ['an error of the server', { kind: 'error', status: 500 }, 'model-failed'],
    ['a wrong id', '{"flow":"dall-e"}', 'reply-unusable'],
  ])('takes the best of the table for %s', async (_what, reply, code) => {
    const { select } = await ask(reply);
    const { ranked, warnings } = await select('a fox');
    expect([ranked[0]?.flowId, warnings.at(-1)?.code]).toEqual(['anime', code]);
  });

  it('hands on when to come back', async () => {
    const { select } = await ask({ kind: 'rate-limited', retryAfterMs: 90_000 });
    const { warnings } = await select('a fox');
    expect(warnings.at(-1)?.details).toEqual({ error: 'RATE_LIMITED', retryAfterMs: 90_000 });
  });

  it('takes the best of the table for a server that is silent too long', async () => {
    const { select } = await ask({ kind: 'silence' }, { timeoutMs: 50 });
    const { ranked, warnings } = await select('a fox');
    expect([ranked[0]?.flowId, warnings.at(-1)?.code]).toEqual(['anime', 'model-failed']);
  });

  it('throws what needs a person: a model that does not exist', async () => {
    const missing = { kind: 'error', status: 404, message: 'The model does not exist.' } as const;
    const { select } = await ask(missing);
    await expect(select('a fox')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('rethrows the reason of an abort in the middle of an answer', async () => {
    const server = await createFakeOpenai({ script: { kind: 'half' } });
    onTestFinished(() => server.close());
    const llm = openai({ model: 'ft:tiny', baseUrl: server.baseUrl, timeoutMs: 20_000 });
    const stop = new AbortController();
    const ctx = createCallContext({ signal: stop.signal });
    const choosing = fineTuned({ llm }).select(request('a fox', flows), ctx);
    await server.received(1);
    const reason = new Error('changed my mind');
    stop.abort(reason);
    await expect(choosing).rejects.toBe(reason);
  });
});
