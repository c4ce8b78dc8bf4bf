import { createRandom } from 'comfygen/plugin';
import { createPromotion, observePromotion } from '../../src/policies/promotion.ts';

const TRIALS = 2_000;
const LOOKS = 5_000;

/** What a trial sees: paired differences of scores from 0 to 1, of three shapes, with a given mean. */
const SHAPES: { [name: string]: (random: () => number, gain: number) => number } = {
  spread: (random, gain) => gain + (random() - random()) * 0.6,
  'rare and large': (random, gain) => {
    const size = 1 - Math.abs(gain);
    return gain + (random() < 0.05 ? (random() < 0.5 ? size : -size) : 0);
  },
  votes: (random, gain) => (random() < (1 + gain) / 2 ? 1 : -1),
};

/** How often a trial is decided which way when it is looked at after every difference, and after how many. */
export async function* measurePromotion(): AsyncGenerator<string> {
  for (const [name, draw] of Object.entries(SHAPES)) {
    for (const gain of [0, -0.02, 0.02, 0.05, 0.1]) {
      const counts = { promote: 0, reject: 0, continue: 0 };
      const lengths: number[] = [];
      for (let seed = 0; seed < TRIALS; seed += 1) {
        const random = createRandom(seed);
        let state = createPromotion({ bound: 1 });
        while (state.decision === 'continue' && state.observations < LOOKS) {
          state = observePromotion(state, draw(random, gain));
        }
        counts[state.decision] += 1;
        if (state.decision !== 'continue') lengths.push(state.observations);
      }
      lengths.sort((a, b) => a - b);
      const percent = (count: number) => `${((count / TRIALS) * 100).toFixed(2)} %`;
      const median = lengths[Math.floor(lengths.length / 2)] ?? '–';
      yield `${name}, gain ${gain}: promoted ${percent(counts.promote)}, rejected ${percent(counts.reject)}, open ${percent(counts.continue)}; median ${median} looks (${TRIALS} trials, up to ${LOOKS} looks)`;
    }
  }
}
