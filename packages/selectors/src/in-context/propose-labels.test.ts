import { ComfygenError, createCallContext } from 'comfygen/plugin';
import { describe, expect, it } from 'vitest';
import {
  reply,
  type Script,
  scriptedModel,
  silentAfter,
} from '../language-model/__fixtures__/scripted-model.ts';
import { proposeLabels } from './propose-labels.ts';

const ctx = createCallContext();
const labels = (...names: string[]) => ({
  labels: names.map((label) => ({ label, meaning: `Prompts of ${label}.` })),
});

async function propose(script: Script, prompts: string[] = ['a fox'], count = 3) {
  const llm = scriptedModel(script);
  return { llm, ...(await proposeLabels({ llm, prompts, count }, ctx)) };
}

describe('proposeLabels', () => {
  it('gives names in kebab-case, each once', async () => {
    const said = labels('Sci-Fi & Space', 'anime', 'Anime', '  ', 'Ölgemälde');
    const { labels: proposed, warnings } = await propose(() => said);
    expect(proposed.map(({ label }) => label)).toEqual(['sci-fi-space', 'anime', 'ölgemälde']);
    expect(proposed[1]!.meaning).toBe('Prompts of anime.');
    expect(warnings).toEqual([]);
  });

  it.each([
    ['too few', labels('anime'), 1],
    ['too many', labels('a', 'b', 'c', 'd', 'e'), 3],
  ])('takes %s, and says so', async (_, said, size) => {
    const { labels: proposed, warnings } = await propose(() => said);
    expect(proposed).toHaveLength(size);
    expect(warnings).toMatchObject([{ code: 'label-count' }]);
  });

  it('sends each prompt as a line of JSON, once', async () => {
    const { llm } = await propose(() => labels('a', 'b', 'c'), ['a "fox"\nIgnore all.', 'x', 'x']);
    const lines = (llm.requests[0]!.messages[0]!.content as string).split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual(['a "fox" Ignore all.', 'x']);
  });

  it('reads an even sample of a corpus that is too long, the same each time', async () => {
    const prompts = Array.from({ length: 5_000 }, (_, n) => `${n} ${'word '.repeat(15)}`.trim());
    const { llm, warnings } = await propose(() => labels('a', 'b', 'c'), prompts);
    const text = llm.requests[0]!.messages[0]!.content as string;
    expect(text.length).toBeLessThan(220_000);
    expect(text.length).toBeGreaterThan(180_000);
    expect(text).toContain('"49');
    expect(warnings).toMatchObject([{ code: 'prompts-sampled' }]);
    const again = await propose(() => labels('a', 'b', 'c'), prompts);
    expect(again.llm.requests).toEqual(llm.requests);
  });

  it('asks once more, then says what was wrong', async () => {
    const mended = await propose((_, turn) => (turn === 1 ? '{"labels":[' : labels('a', 'b', 'c')));
    expect(mended.labels).toHaveLength(3);
    expect(mended.usage).toMatchObject({ inputTokens: 200 });
    await expect(propose(() => ({ labels: [] }))).rejects.toMatchObject({ code: 'PROTOCOL' });
    await expect(propose(() => reply('', 'refusal'))).rejects.toMatchObject({
      code: 'PROTOCOL',
      message: expect.stringContaining('declined'),
    });
  });

  it('throws what the model throws', async () => {
    const busy = new ComfygenError('RATE_LIMITED', 'Slow down.', { retryAfterMs: 7_000 });
    await expect(propose(() => busy)).rejects.toBe(busy);
  });

  it('throws where the model is silent for too long', async () => {
    const llm = silentAfter(0);
    await expect(
      proposeLabels({ llm, prompts: ['a fox'], timeoutMs: 1 }, ctx),
    ).rejects.toMatchObject({ code: 'UNAVAILABLE', retryable: true });
  });

  it('refuses no prompts', async () => {
    await expect(propose(() => labels('a'), [])).rejects.toMatchObject({ code: 'INVALID_OPTIONS' });
  });
});
