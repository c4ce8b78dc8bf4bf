import type { ScoredPrompt, ScoreMatrix } from 'comfygen/plugin';
import { describe, expect, it } from 'vitest';
import { calibrateTarget } from './calibrate-target.ts';

/** Evenly spread numbers from 0 to 1, the same at every run. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
const STEPS = 21;
const flows = Array.from({ length: STEPS }, (_, n) => `flow-${n}`);
const candidates = flows.map((_, n) => n / 20);
/** A model that answers each target with another flow: so the best flow of a label is its best target. */
const predict = (_prompt: ScoredPrompt, target: number) => `flow-${Math.round(target * 20)}`;

/** Scores that fall with the distance from the label's best flow, with noise and what prompts do. */
function scored(
  peaks: Record<string, number>,
  each: number,
  { noise = 0.3, missing = 0, seed = 1 } = {},
): ScoreMatrix {
  const random = createRandom(seed);
  const prompts = Object.keys(peaks).flatMap((label) =>
    Array.from({ length: each }, (_, n) => ({
      id: `${label}-${n}`,
      text: `${label} ${n}`,
      labels: [label],
    })),
  );
  const scores = prompts.map(({ labels }) => {
    const ease = random();
    return candidates.map((place) => {
      const score = ease - Math.abs(place - peaks[labels[0]!]!) + noise * (random() + random() - 1);
      return random() < missing ? null : score;
    });
  });
  return { flows, prompts, scores };
}

describe('calibrateTarget', () => {
  it.each([1, 2, 3])('finds the peak of all prompts and of each label (seed %i)', async (seed) => {
    const peaks = { people: 0.3, anime: 0.5, city: 0.8 };
    const { target, crossValidated } = await calibrateTarget({
      ...{ matrix: scored(peaks, 80, { seed }), predict, candidates },
    });
    // The median of the three peaks, since the loss is the distance.
    expect(Math.abs(target.overall - 0.5)).toBeLessThanOrEqual(0.1);
    for (const [label, peak] of Object.entries(peaks)) {
      expect(Math.abs(target.byLabel[label]! - peak)).toBeLessThanOrEqual(0.1);
    }
    // One target loses (0.2 + 0 + 0.3) / 3 for want of labels.
    expect(crossValidated.chosen - crossValidated.overall).toBeGreaterThan(0.1);
    // Here one target is one flow, so the best target for all is the best single flow.
    expect(Math.abs(crossValidated.overall - crossValidated.bestSingle)).toBeLessThan(0.05);
  });

  it('keeps one target where labels make no difference, few prompts or many', async () => {
    for (const each of [5, 80]) {
      const peaks = { people: 0.6, anime: 0.6, city: 0.6 };
      const { target, crossValidated } = await calibrateTarget({
        ...{ matrix: scored(peaks, each), predict, candidates },
      });
      expect(target.byLabel).toEqual({});
      expect(Math.abs(target.overall - 0.6)).toBeLessThanOrEqual(0.1);
      expect(crossValidated.chosen).toBe(crossValidated.overall);
    }
  });

  it('is not misled by cells that were never scored', async () => {
    const matrix = scored({ people: 0.4 }, 150, { missing: 0.5 });
    // Hard prompts were scored near the peak only: plain means would shun it.
    for (const row of matrix.scores.slice(0, 50)) {
      for (const [n, score] of row.entries())
        row[n] = score === null || Math.abs(n - 8) > 3 ? null : score - 5;
    }
    const { target, curve } = await calibrateTarget({ matrix, predict, candidates });
    expect(Math.abs(target.overall - 0.4)).toBeLessThanOrEqual(0.1);
    expect(curve[8]!.prompts).toBeLessThan(150);
  });

  it('finds where a model that learned from lucky scores does best', async () => {
    // Four flows; each label likes another one, and the last has few, very different scores.
    const random = createRandom(9);
    const labels = ['people', 'anime', 'city'];
    const quality = (label: string, flow: number) =>
      flow === labels.indexOf(label) ? 0.7 : flow === 3 ? 0.3 : 0.4;
    const spread = (flow: number) => (flow === 3 ? 0.45 : 0.12);
    const draw = (n: number): ScoreMatrix => {
      const prompts = Array.from({ length: n }, (_, id) => ({
        id: `${id}`,
        text: `${id}`,
        labels: [labels[id % 3]!],
      }));
      const scores = prompts.map((prompt) =>
        [0, 1, 2, 3].map(
          (flow) =>
            quality(prompt.labels[0]!, flow) +
            spread(flow) * (random() + random() + random() - 1.5) * 2,
        ),
      );
      return { flows: ['a', 'b', 'c', 'd'], prompts, scores };
    };
    const train = draw(300);
    // The flow whose training scores with this label lie most often near the target: what fine-tuning learns.
    const conditional = (prompt: ScoredPrompt, target: number) => {
      const near = train.flows.map((_, flow) =>
        train.scores.reduce((sum, row, index) => {
          const isLike = train.prompts[index]!.labels[0] === prompt.labels[0];
          return isLike ? sum + Math.exp(-(((row[flow]! - target) / 0.05) ** 2)) : sum;
        }, 0),
      );
      return train.flows[near.indexOf(Math.max(...near))]!;
    };
    const truth = (target: number) =>
      labels.reduce((sum, label) => {
        const flow = conditional({ id: '', text: '', labels: [label] }, target);
        return sum + quality(label, train.flows.indexOf(flow)) / 3;
      }, 0);
    const grid = Array.from({ length: 14 }, (_, n) => 0.2 + n / 10);
    const { target } = await calibrateTarget({
      matrix: draw(120),
      predict: conditional,
      candidates: grid,
    });
    expect(truth(target.overall)).toBe(Math.max(...grid.map(truth)));
    // The highest score of the training data is luck, and asks for the wrong flow.
    expect(truth(grid.at(-1)!)).toBeLessThan(truth(target.overall));
  });

  it('tries the upper half of the scores where no candidates are given', async () => {
    const matrix = scored({ people: 0.5 }, 20);
    const asked = new Set<number>();
    const { curve } = await calibrateTarget({
      matrix,
      predict: (prompt, target) => {
        asked.add(target);
        return predict(prompt, 0.5);
      },
    });
    const all = matrix.scores.flat().sort((a, b) => a! - b!);
    expect(asked.size).toBe(12);
    expect([curve[0]?.target, curve.at(-1)?.target]).toEqual([all[all.length / 2], all.at(-1)]);
  });

  it('passes over targets that the model has no answer to', async () => {
    const { target } = await calibrateTarget({
      matrix: scored({ people: 0.9 }, 30),
      predict: (prompt, wanted) =>
        wanted > 0.5 ? (wanted > 0.7 ? 'gone' : null) : predict(prompt, wanted),
      candidates,
    });
    expect(target.overall).toBeLessThanOrEqual(0.5);
  });

  it('gives the same targets however many predictions run at once', async () => {
    const matrix = scored({ people: 0.3, city: 0.7 }, 20);
    const late = async (prompt: ScoredPrompt, target: number) => {
      for (let turn = 0; turn < Number(prompt.id.length) % 3; turn += 1) await Promise.resolve();
      return predict(prompt, target);
    };
    const [one, many] = await Promise.all(
      [1, 16].map((concurrency) =>
        calibrateTarget({ matrix, predict: late, candidates, concurrency }),
      ),
    );
    expect(many).toEqual(one);
  });

  it('ends with what a prediction throws, or with the caller’s reason', async () => {
    const matrix = scored({ people: 0.3 }, 20);
    const broken = new Error('no model');
    let calls = 0;
    const failing = async () => {
      calls += 1;
      throw broken;
    };
    await expect(calibrateTarget({ matrix, predict: failing })).rejects.toBe(broken);
    expect(calls).toBeLessThanOrEqual(4);
    const signal = AbortSignal.abort(broken);
    await expect(calibrateTarget({ matrix, predict, signal })).rejects.toBe(broken);
  });

  it.each([
    [{ folds: 1 }, /folds must be 2 or more/],
    [{ matrix: scored({ people: 0.3 }, 3) }, /5 or more different prompts/],
    [{ candidates: [0.5, 0.5] }, /candidates must rise/],
    [{ candidates: [] }, /candidates must rise/],
  ])('refuses %#', async (options, message) => {
    const matrix = scored({ people: 0.3 }, 20);
    await expect(calibrateTarget({ matrix, predict, ...options })).rejects.toMatchObject({
      code: 'INVALID_OPTIONS',
      message: expect.stringMatching(message),
    });
  });
});
