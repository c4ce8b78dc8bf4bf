import { splitPrompt } from '../brief/split-prompt.ts';
import type { Brief } from '../spec/index.ts';

/** A brief of nothing but a prompt, as core makes it, for tests of selectors and scorers: one image, seed 7, the flow's own size, no limits. */
export function createTestBrief(prompt: string): Brief {
  return {
    prompt,
    negative: undefined,
    seed: 7,
    width: undefined,
    height: undefined,
    count: 1,
    parts: splitPrompt(prompt),
    limits: {},
    options: {},
  };
}
