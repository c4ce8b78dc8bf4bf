import {
  defineSelector,
  type RankedFlow,
  type RunRecord,
  type Selection,
  type SelectorRequest,
  type SelectorV1,
} from 'comfygen/plugin';
import { createTestBrief, createTestFlow } from 'comfygen/testing';

/** Asks for one of these flows. */
export function testRequest(
  ids: readonly string[],
  changes: Partial<SelectorRequest> = {},
): SelectorRequest {
  return {
    brief: createTestBrief(),
    flows: ids.map((id) => createTestFlow(id)),
    inventory: null,
    choiceSeed: 1,
    ...changes,
  };
}

/** What a test selector says of one flow. */
type Said = Partial<Pick<RankedFlow, 'score' | 'interval' | 'probability' | 'workflow'>>;

/** Ranks the offered flows in the order of what it says of them, which is all that it knows. */
export function saying(
  said: { [flowId: string]: Said },
  changes: Partial<Selection> = {},
  name = 'saying',
): SelectorV1 {
  return defineSelector({
    name,
    supports: { deterministic: true },
    async select({ flows }, ctx) {
      ctx.signal.throwIfAborted();
      const offered = new Set(flows.map(({ id }) => id));
      const ranked = Object.entries(said)
        .filter(([flowId]) => offered.has(flowId))
        .map(
          ([flowId, one], place): RankedFlow => ({
            flowId,
            score: null,
            interval: null,
            probability: place === 0 ? 1 : 0,
            reason: `place ${place + 1}`,
            ...one,
          }),
        );
      return { ranked, labels: ['wildlife'], reason: `${name} says so.`, warnings: [], ...changes };
    },
  });
}

/** A record of one drawn choice and the score of its picture. */
export function testRecord(
  flowId: string,
  score: number | null,
  probabilities: { [flowId: string]: number },
  changes: Partial<RunRecord> = {},
): RunRecord {
  const { brief } = testRequest([]);
  return {
    schema: 'comfygen/record@1',
    runId: 'run',
    at: 0,
    prompt: brief.prompt,
    brief: JSON.parse(JSON.stringify({ ...brief, options: undefined, seed: '7' })),
    labels: ['wildlife'],
    selector: 'explore-saying',
    probabilities,
    choiceSeed: 1,
    flowId,
    planHash: 'sha256:plan',
    executor: 'test',
    scorer: { name: 'test', version: '1' },
    images: [{ hash: 'sha256:a', mediaType: 'image/png', seed: '7', flowId, score, raw: {} }],
    feedback: [],
    timings: { selectMs: 0, executeMs: 0, scoreMs: 0, totalMs: 0 },
    warnings: [],
    versions: {},
    ...changes,
  };
}
