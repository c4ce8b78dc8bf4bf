import { createCallContext, type ScoreMatrix } from 'comfygen/plugin';
import { describe, expect, it } from 'vitest';
import { request, scriptedModel } from '../language-model/__fixtures__/scripted-model.ts';
import { testFlows } from './__fixtures__/flows.ts';
import { formatScore } from './encoding.ts';
import { fineTuned } from './fine-tuned.ts';
import { expandWorkflow } from './notation/expand-workflow.ts';
import { blankSlots } from './notation/placeholders.ts';
import { type TrainingOptions, trainingLines } from './training-lines.ts';

const matrix: ScoreMatrix = {
  flows: ['fast', 'anime'],
  prompts: [
    { id: '1', text: 'a "fox"', labels: [] },
    { id: '2', text: 'a house', labels: [] },
  ],
  scores: [
    [0.4211, 0.8],
    [null, -0.004],
  ],
};

interface Line {
  messages: { role: string; content: string }[];
}
const lines = (options: Partial<TrainingOptions> = {}) =>
  [...trainingLines({ matrix, flows: testFlows(), ...options })].map(
    (line) => JSON.parse(line) as Line,
  );

describe('trainingLines', () => {
  it('has a line for each score, good and bad, in chat format', () => {
    const found = lines();
    expect(found.map(({ messages }) => messages.map(({ role }) => role))).toEqual(
      Array(3).fill(['system', 'user', 'assistant']),
    );
    expect(found.map(({ messages }) => messages.slice(1).map(({ content }) => content))).toEqual([
      ['score 0.42\nprompt "a \\"fox\\""', '{"flow":"fast"}'],
      ['score 0.80\nprompt "a \\"fox\\""', '{"flow":"anime"}'],
      ['score 0.00\nprompt "a house"', '{"flow":"anime"}'],
    ]);
  });

  it('teaches workflows that come back whole', () => {
    const flow = testFlows().find(({ id }) => id === 'anime')!;
    const answer = lines({ output: 'workflow' })[1]!.messages[2]!.content;
    const { workflow, slots } = expandWorkflow(answer);
    const bare = Object.entries(blankSlots(flow.workflow, flow.slots));
    expect(workflow).toEqual(
      Object.fromEntries(bare.map(([id, { _meta, ...node }]) => [id, node])),
    );
    expect(slots).toEqual(flow.slots);
  });

  it.each(['flow-id', 'workflow'] as const)(
    'asks as the selector asks, for a %s',
    async (output) => {
      const encoding = { output, scoreStep: 0.05, system: 'Choose.' };
      const llm = scriptedModel(() => ({ flow: 'fast' }));
      const flows = testFlows();
      const selector = fineTuned({ llm, target: 0.8, ...encoding });
      await selector.select(request('a "fox"', flows), createCallContext());
      const [{ system, messages }] = llm.requests as [(typeof llm.requests)[number]];
      const [asked] = lines(encoding).slice(1);
      expect(asked!.messages.slice(0, 2)).toEqual([
        { role: 'system', content: system![0]!.text },
        { role: 'user', content: messages[0]!.content },
      ]);
    },
  );

  it('describes flows in a share of the lines, each flow as often as the others', () => {
    const prompts = Array.from({ length: 300 }, (_, n) => ({
      id: `${n}`,
      text: `p${n}`,
      labels: [],
    }));
    const flows = testFlows();
    const big = { flows: flows.map(({ id }) => id), prompts, scores: prompts.map(() => [1, 2, 3]) };
    const found = lines({ matrix: big, described: 0.2 }).filter(({ messages }) =>
      messages[1]!.content.startsWith('New flows:'),
    );
    expect(found.length).toBeGreaterThan(170);
    expect(found.length).toBeLessThan(190);
    const first = new Map<string, number>();
    for (const { messages } of found) {
      const { flow } = JSON.parse(messages[2]!.content) as { flow: string };
      expect(messages[1]!.content).toContain(`\nflow ${flow}: `);
      first.set(flow, (first.get(flow) ?? 0) + 1);
    }
    for (const count of first.values()) expect(count / found.length).toBeCloseTo(1 / 3, 1);
  });

  it('gives equal lines for equal options', () => {
    const options = { matrix, flows: testFlows(), described: 0.5 };
    expect([...trainingLines(options)]).toEqual([...trainingLines(options)]);
  });

  it('refuses a matrix of flows that it was not given, before the first line', () => {
    expect(() =>
      trainingLines({ matrix: { ...matrix, flows: ['fast', 'gone'] }, flows: testFlows() }),
    ).toThrow(expect.objectContaining({ code: 'INVALID_OPTIONS', details: { flows: ['gone'] } }));
  });
});

describe('formatScore', () => {
  it.each([
    [0.725, 0.01, '0.73'],
    [65.44, 1, '65'],
    [65.44, 5, '65'],
    [0.3, 0.25, '0.25'],
    [1, 0.1, '1.0'],
    [-0.001, 0.01, '0.00'],
    [-1.26, 0.05, '-1.25'],
    [123, 100, '100'],
  ])('%f by %f is %s', (score, step, text) => expect(formatScore(score, step)).toBe(text));
});
