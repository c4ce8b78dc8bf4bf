import { ComfygenError } from '../../errors/comfygen-error.ts';
import type { ScorerV1, SelectorV1 } from '../../spec/index.ts';
import { defineScorer, defineSelector } from '../../util/define.ts';
import { isPicture } from '../picture.ts';

/** Ranks the flows that it is given backwards; takes verdicts. */
export const backwards: SelectorV1 = defineSelector({
  name: 'backwards',
  supports: { deterministic: true },
  async select({ flows }, { signal }) {
    signal.throwIfAborted();
    const ranked = [...flows].reverse().map(({ id }, index) => ({
      flowId: id,
      score: null,
      interval: null,
      probability: index === 0 ? 1 : 0,
      reason: `Place ${index + 1} from the end.`,
    }));
    return { ranked, labels: ['test'], reason: 'The last comes first.', warnings: [] };
  },
  async learn() {
    return { warnings: [] };
  },
  async dispose() {},
});

/** Scores a picture's weight in bytes; reads no pixel. */
export const byteWeight: ScorerV1 = defineScorer({
  name: 'byte-weight',
  version: '1',
  range: [0, 1],
  supports: { deterministic: true },
  async score({ image }, { signal }) {
    signal.throwIfAborted();
    if (!isPicture(image.bytes))
      throw new ComfygenError('INVALID_IMAGE', 'These bytes are no image.');
    const bytes = image.bytes.length;
    return { value: bytes / (bytes + 1_000), raw: { bytes }, warnings: [] };
  },
  async dispose() {},
});
