import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readWeightedWords, splitWords } from './weighted-words.ts';

const fixture = new URL(
  '../../../test/parity/__fixtures__/comfyui-0.33.0-nodes.json',
  import.meta.url,
);
const { promptWeights } = JSON.parse(readFileSync(fixture, 'utf8')) as {
  promptWeights: { [prompt: string]: [string, number][] };
};

describe('readWeightedWords', () => {
  it.each(Object.entries(promptWeights))('weighs %j as ComfyUI 0.33.0 does', (prompt, pieces) => {
    const expected = pieces.flatMap(([text, weight]) => splitWords(text, weight));
    const found = readWeightedWords(prompt);
    expect(found.map(({ word }) => word)).toEqual(expected.map(({ word }) => word));
    found.forEach(({ weight }, i) => {
      expect(weight).toBeCloseTo(expected[i]?.weight ?? Number.NaN, 6);
    });
  });

  it('survives any depth of parentheses', () => {
    expect(readWeightedWords(`${'('.repeat(100_000)}cat${')'.repeat(100_000)}`)).toHaveLength(1);
    expect(readWeightedWords('('.repeat(100_000))).toEqual([]);
  });

  it('reads other scripts, and parts hyphens', () => {
    expect(readWeightedWords('T-Rex, Émile’s 猫').map(({ word }) => word)).toEqual([
      't',
      'rex',
      'émile',
      '猫',
    ]);
  });
});
