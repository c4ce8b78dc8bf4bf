import { expect, it } from 'vitest';
import { createRandom } from '../util/random.ts';
import { parseInPieces } from './parse-in-pieces.ts';

/** A value of many kinds, large in places. */
function draw(random: () => number, depth = 0): unknown {
  const kind = Math.floor(random() * (depth > 3 ? 3 : 5));
  if (kind === 0) return random() * 1e6;
  if (kind === 1) return '"\\ é{[,:]}'.repeat(Math.ceil(random() * (random() < 0.01 ? 40_000 : 5)));
  if (kind === 2) return [null, true, {}, []][Math.floor(random() * 4)];
  const count = Math.floor(random() * 24);
  const items = Array.from({ length: count }, () => draw(random, depth + 1));
  if (kind === 3) return items;
  return Object.fromEntries(items.map((item, at) => [`k${at}",{`, item]));
}

it('reads what JSON.parse reads', async () => {
  const random = createRandom(3);
  let longest = 0;
  for (let trial = 0; trial < 30; trial += 1) {
    const value = [draw(random), draw(random), 'x'.repeat(300_000), draw(random)];
    const text = JSON.stringify(value, null, trial % 3);
    longest = Math.max(longest, text.length);
    expect(await parseInPieces(text)).toEqual(JSON.parse(text));
  }
  expect(longest).toBeGreaterThan(1_000_000);
});

it('keeps a member named __proto__ as one', async () => {
  const text = `{"__proto__":{"evil":1},"list":[${'"x",'.repeat(200_000)}1]}`;
  const read = (await parseInPieces(text)) as object;
  expect(Object.keys(read)).toEqual(['__proto__', 'list']);
  expect(Object.getPrototypeOf(read)).toBe(Object.prototype);
});

const LONG = '"x",'.repeat(200_000);
it.each([
  `[${LONG}]`,
  `[${'1,'.repeat(600_000)}1]`,
  `[${LONG}1}`,
  `[${LONG},1]`,
  `[${LONG}1`,
  `[${LONG}"x]`,
  `[${LONG}1] 2`,
  `{"a":[${LONG}1],}`,
  `{"a" [${LONG}1]}`,
  `{"a":1]${LONG}}`,
  `${'['.repeat(400_000)}`,
  `${'['.repeat(40)}${LONG}1${']'.repeat(40)}`,
])('refuses what is no JSON', async (text) => {
  await expect(parseInPieces(text)).rejects.toThrow(SyntaxError);
});

it('lets others run between the pieces, and ends with the signal', async () => {
  const stop = new AbortController();
  const reading = parseInPieces(`[${LONG.repeat(4)}1]`, { signal: stop.signal });
  const reason = new Error('enough');
  setImmediate(() => stop.abort(reason));
  await expect(reading).rejects.toBe(reason);
});
