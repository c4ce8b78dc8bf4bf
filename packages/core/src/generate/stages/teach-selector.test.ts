import { describe, expect, it } from 'vitest';
import { defineFlow } from '../../library/define-flow.ts';
import type { RunRecord, ScorerV1 } from '../../spec/index.ts';
import { scriptedBackend } from '../../testing/reference/scripted-executor.ts';
import { createTestGraph } from '../../testing/test-flow.ts';
import { defineScorer, defineSelector } from '../../util/define.ts';
import { createComfyGen } from '../create-comfygen.ts';

const fair = defineScorer({
  name: 'fair',
  version: '1',
  range: [0, 1],
  supports: { deterministic: true },
  score: async () => ({ value: 0.5, raw: { half: 0.5 }, warnings: [] }),
});

function pupil(learn: (records: readonly RunRecord[]) => Promise<void>) {
  return defineSelector({
    name: 'pupil',
    supports: {},
    select: async ({ flows }) => ({
      ranked: flows.map(({ id }, place) => ({
        flowId: id,
        score: null,
        interval: null,
        probability: place === 0 ? 1 : 0,
        reason: 'first',
      })),
      labels: [],
      reason: 'first',
      warnings: [],
    }),
    async learn(records) {
      await learn(records);
      return { warnings: [{ code: 'took-note', message: 'Learned from a run.' }] };
    },
  });
}

async function run(learn: (records: readonly RunRecord[]) => Promise<void>, scorer?: ScorerV1) {
  const comfygen = createComfyGen({
    flows: [defineFlow({ id: 'only', workflow: createTestGraph() })],
    executor: scriptedBackend(['succeed']).create(),
    selector: pupil(learn),
    ...(scorer && { scorer }),
  });
  const result = await comfygen.generate('a red apple', { seed: 1 });
  await comfygen.dispose();
  return result;
}

describe('a selector that learns', () => {
  it('gets the record of each scored run, before the run ends', async () => {
    const taught: RunRecord[] = [];
    const result = await run(async (records) => void taught.push(...records), fair);
    expect(taught).toEqual([result.record]);
    expect(taught[0]?.images[0]?.score).toBe(0.5);
    expect(result.warnings.map(({ code, part }) => [code, part?.name])).toContainEqual([
      'took-note',
      'pupil',
    ]);
  });

  it('hears nothing of a run that was not scored', async () => {
    const taught: unknown[] = [];
    await run(async (records) => void taught.push(records));
    expect(taught).toEqual([]);
  });

  it('costs no image where it fails to learn', async () => {
    const { images, warnings } = await run(() => Promise.reject(new Error('too hard')), fair);
    expect(images).toHaveLength(1);
    expect(warnings.map(({ code }) => code)).toContain('not-learned');
  });
});
