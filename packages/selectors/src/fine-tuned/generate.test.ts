import { fileURLToPath } from 'node:url';
import { embedded } from '@comfygen/embedded';
import { openai } from '@comfygen/llm/openai';
import { createFakeOpenai, type FakeCall } from '@comfygen/llm/testing';
import { createComfyGen } from 'comfygen';
import { loadFlows } from 'comfygen/node';
import type { ScoreMatrix } from 'comfygen/plugin';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { OutputForm } from './encoding.ts';
import { fineTuned } from './fine-tuned.ts';
import { trainingLines } from './training-lines.ts';

const library = await loadFlows(fileURLToPath(new URL('../../../../workflows', import.meta.url)));
const KINDS = {
  'emoji-animals': ['a fox', 'a brown bear', 'an owl and a cat'],
  'emoji-food': ['a red apple', 'a pizza', 'bread and cheese'],
  'emoji-vehicles': ['a train', 'a fast car', 'a bus and a bicycle'],
};
const ids = Object.keys(KINDS);
const flows = ids.map((id) => library.find((flow) => flow.id === id)!);

/** Each flow is good at its own kind, 0.9, and at others, 0.2. */
const matrix: ScoreMatrix = {
  flows: ids,
  prompts: Object.values(KINDS)
    .flat()
    .map((text) => ({ id: text, text, labels: [] })),
  scores: Object.entries(KINDS).flatMap(([kind, texts]) =>
    texts.map(() => ids.map((id) => (id === kind ? 0.9 : 0.2))),
  ),
};

interface Example {
  score: number;
  words: Set<string>;
  answer: string;
}

const wordsOf = (text: string) => new Set(text.toLowerCase().match(/\p{L}{3,}/gu));

function readTurn(user: string): Pick<Example, 'score' | 'words'> {
  const [, score, prompt] = /score (\S+)\nprompt (.*)$/.exec(user)!;
  return { score: Number(score), words: wordsOf(JSON.parse(prompt!) as string) };
}

/**
 * A stand-in for a fine-tuned model: it knows nothing but the training lines, and answers with the line whose prompt
 * has most words in common and whose score is nearest. No model was trained for this test.
 */
function nearestLine(output: OutputForm): (call: FakeCall) => string {
  const examples = [...trainingLines({ matrix, flows, output })].map((line): Example => {
    const { messages } = JSON.parse(line) as { messages: { content: string }[] };
    return { ...readTurn(messages[1]!.content), answer: messages[2]!.content };
  });
  return ({ prompt }) => {
    const asked = readTurn(prompt);
    const fit = ({ score, words }: Example) =>
      [...words].filter((word) => asked.words.has(word)).length - Math.abs(score - asked.score);
    return examples.reduce((best, one) => (fit(one) > fit(best) ? one : best)).answer;
  };
}

async function host(output: OutputForm, change: (answer: string) => string = (answer) => answer) {
  const answer = nearestLine(output);
  const server = await createFakeOpenai({ script: (call) => change(answer(call)) });
  onTestFinished(() => server.close());
  const llm = openai({ model: 'stand-in', baseUrl: server.baseUrl, timeoutMs: 20_000 });
  const comfygen = createComfyGen({
    flows,
    executor: embedded(),
    selector: fineTuned({ llm, output, target: 0.9 }),
  });
  onTestFinished(() => comfygen.dispose());
  return (prompt: string) => comfygen.generate(prompt, { seed: 7, width: 64, height: 64 });
}

describe('generate() with a fine-tuned selector', () => {
  it.each(['flow-id', 'workflow'] as const)(
    'draws with the flow that a %s names',
    async (output) => {
      const generate = await host(output);
      for (const [prompt, id] of [
        ['a bear', 'emoji-animals'],
        ['cheese', 'emoji-food'],
      ]) {
        const { best, flow, warnings } = await generate(prompt!);
        expect(flow.id).toBe(id);
        expect(new TextDecoder().decode(best.bytes.slice(1, 4))).toBe('PNG');
        expect(warnings).toEqual([]);
      }
    },
  );

  it('draws with a workflow that no flow has, the prompt where the model put it', async () => {
    const generate = await host('workflow', (answer) =>
      answer.replace(' $seed 16 4 ', ' $seed 5 3 ').replace('$prompt', '$prompt~"{object}"'),
    );
    const { best, flow, plan, selection } = await generate('a bear');
    const inputs = Object.values(plan.workflow).map((node) => node.inputs);
    expect(flow.id).toBe('emoji-animals');
    expect(inputs).toContainEqual(expect.objectContaining({ steps: 5, cfg: 3, seed: 7 }));
    expect(inputs).toContainEqual(expect.objectContaining({ text: 'bear' }));
    expect(best.bytes.length).toBeGreaterThan(100);
    expect(selection.evidence).toMatchObject({ kind: 'new', distance: expect.any(Number) });
  });

  it('draws with the nearest flow what a broken workflow asks for', async () => {
    const generate = await host('workflow', (answer) =>
      answer.replace(' $seed 16 4 ', ' $seed 9000 4 '),
    );
    const { best, flow, warnings } = await generate('a pizza');
    expect(flow.id).toBe('emoji-food');
    expect(best.bytes.length).toBeGreaterThan(100);
    expect(warnings).toMatchObject([
      { code: 'reply-repaired', message: expect.stringContaining('9000') },
    ]);
  });
});
