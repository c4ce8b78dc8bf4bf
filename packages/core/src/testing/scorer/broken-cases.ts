import assert from 'node:assert/strict';
import { rejection, typedError } from '../check.ts';
import { encodePng } from '../picture.ts';
import { assertScore } from './check-score.ts';
import type { ScorerCase } from './scorer-bench.ts';

const text = (content: string) => new TextEncoder().encode(content);
const whole = encodePng(64, 64, (x, y) => [x, y, 0]);

/** No decoder can read these. */
const UNREADABLE: [name: string, bytes: Uint8Array][] = [
  ['no bytes at all', new Uint8Array()],
  ['a page of HTML', text('<!doctype html><title>502 Bad Gateway</title>')],
  ['zeros', new Uint8Array(1_000)],
  ['the first 20 bytes of a PNG', whole.slice(0, 20)],
];
/** Some decoders read these as far as they go. */
const DAMAGED: [name: string, bytes: Uint8Array][] = [
  ['half a PNG', whole.slice(0, whole.length >> 1)],
  ['a PNG with a wrong byte', whole.map((byte, at) => (at === 50 ? byte ^ 0xff : byte))],
];

export const brokenCases: ScorerCase[] = [
  ...UNREADABLE.map(
    ([name, bytes]): ScorerCase => ({
      name: `refuses what is no image: ${name}`,
      async run({ score }) {
        const scoring = score({ bytes: bytes.slice(), mediaType: 'image/png' });
        const { code } = typedError(await rejection(scoring, 'score()'), 'what score throws');
        assert.equal(code, 'INVALID_IMAGE');
      },
    }),
  ),
  ...DAMAGED.map(
    ([name, bytes]): ScorerCase => ({
      name: `scores or refuses a damaged image, no third way: ${name}`,
      async run({ scorer, request, call }) {
        const asked = request({ bytes: bytes.slice(), mediaType: 'image/png' });
        const outcome = await scorer.score(asked, call()).catch((error: unknown) => ({ error }));
        if ('error' in outcome) typedError(outcome.error, 'what score throws');
        else assertScore(outcome, scorer, name);
      },
    }),
  ),
  {
    name: 'scores or refuses an image of one pixel',
    async run({ scorer, request, call }) {
      const bytes = encodePng(1, 1, () => [9, 9, 9]);
      const asked = request({ bytes, mediaType: 'image/png' });
      const outcome = await scorer.score(asked, call()).catch((error: unknown) => ({ error }));
      if ('error' in outcome) typedError(outcome.error, 'what score throws');
      else assertScore(outcome, scorer, 'one pixel');
    },
  },
];
