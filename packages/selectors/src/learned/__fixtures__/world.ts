import type { Flow, ScoreMatrix, SelectorRequest } from 'comfygen/plugin';
import { createRandom } from 'comfygen/plugin';
import { createTestBrief, createTestFlow } from 'comfygen/testing';

const ANIMALS = 'fox wolf bear owl rabbit tiger horse deer'.split(' ');
const PLACES = 'city street harbour market tower bridge castle village'.split(' ');
const LOOKS = 'red old small quiet bright wet tall golden'.split(' ');
const TIMES = 'at dawn, at night, in the rain, in fog, at noon, in winter'.split(', ');

/** Prompts about animals and about places, in turn. */
export function testPrompts(count: number, seed = 1): string[] {
  const random = createRandom(seed);
  const pick = (words: readonly string[]) => words[Math.floor(random() * words.length)]!;
  return Array.from({ length: count }, (_, at) => {
    const [first, second] = at % 2 === 0 ? [ANIMALS, ANIMALS] : [PLACES, PLACES];
    return `a ${pick(LOOKS)} ${pick(first)} and a ${pick(LOOKS)} ${pick(second)} ${pick(TIMES)}, ${at}`;
  });
}

/**
 * Scores of four flows: `all-round` is best on average, `animals` and `places` are better by `skill` on theirs and
 * worse elsewhere, `weak` is never good. Noise is even within ±`noise`.
 */
export function testMatrix({ count = 120, skill = 2, noise = 1, seed = 1 } = {}): ScoreMatrix {
  const random = createRandom(seed + 1_000);
  const prompts = testPrompts(count, seed).map((text, at) => ({
    id: `${at}`,
    text,
    labels: [at % 2 === 0 ? 'animals' : 'places'],
  }));
  const scores = prompts.map((_, at) => {
    const own = at % 2 === 0 ? [skill, -skill - 1] : [-skill - 1, skill];
    return [0, ...own, -3].map((worth) => 10 + worth + noise * (2 * random() - 1));
  });
  return { flows: ['all-round', 'animals', 'places', 'weak'], prompts, scores };
}

/** Asks for a picture of this text by one of these flows. */
export function ask(
  prompt: string,
  flows: readonly (string | Flow)[] = ['all-round', 'animals', 'places', 'weak'],
  options: SelectorRequest['brief']['options'] = {},
): SelectorRequest {
  return {
    brief: createTestBrief(prompt, { options }),
    flows: flows.map((flow) => (typeof flow === 'string' ? bareFlow(flow) : flow)),
    inventory: null,
    choiceSeed: 1,
  };
}

/** A flow of which nothing but some parts is known. */
export function bareFlow(id: string, changes: Partial<Flow> = {}): Flow {
  const components = {
    checkpoints: [],
    diffusionModels: [],
    textEncoders: [],
    loras: [],
    vaes: [],
    upscalers: [],
  otherModels: [],
    samplers: [],
  };
  return createTestFlow(id, { components, ...changes });
}
