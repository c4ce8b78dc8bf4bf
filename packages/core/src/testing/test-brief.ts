import { splitPrompt } from '../brief/split-prompt.ts';
import type { Brief } from '../spec/index.ts';

/**
 * A brief of nothing but a prompt, as core makes it, for tests of parts: one image, seed 7, the flow's own size, no
 * limits. `changes` replaces fields of it.
 */
export function createTestBrief(prompt = 'a red fox', changes: Partial<Brief> = {}): Brief {
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
    ...changes,
  };
}
