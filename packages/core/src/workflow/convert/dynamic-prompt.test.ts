import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { basics, draw, save, wires } from '../../../test/convert/canvas.ts';
import { coreCatalogue } from '../catalogue.ts';
import { convertWorkflow } from './convert-workflow.ts';
import { choosePrompt, keyedRandom } from './literals.ts';

const first = () => 0;
const last = () => 0.999;

describe('a dynamic prompt', () => {
  it.each([
    ['a {red|blue} fox', 'a red fox', 'a blue fox'],
    ['{a|b {c|d}} e', 'a e', 'b d e'],
    ['{{a|b}|c}', 'a', 'c'],
    ['a {|very }big fox', 'a big fox', 'a very big fox'],
    ['{only}', 'only', 'only'],
    ['a | b', 'a | b', 'a | b'],
    ['open { a | b', 'open { a | b', 'open { a | b'],
    ['close } a', 'close } a', 'close } a'],
    ['\\{a\\|b\\} (x:1.2) \\(y\\)', '{a|b} (x:1.2) \\(y\\)', '{a|b} (x:1.2) \\(y\\)'],
    ['a // b\nc /* d\n e */f', 'a \nc f', 'a \nc f'],
  ])('%j', (text, low, high) => {
    expect([choosePrompt(text, first), choosePrompt(text, last)]).toEqual([low, high]);
  });

  it('of any shape gives a text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('{', '}', '|', '\\', 'a', '/', '*') }),
        (text) => {
          expect(choosePrompt(text, keyedRandom(text)).length).toBeLessThanOrEqual(text.length);
        },
      ),
    );
  });

  it('is chosen by the seed, the same each time, or left as it is', () => {
    const drawing = {
      nodes: basics([
        draw(6, 'CLIPTextEncode', { values: ['{a|b|c|d}'], outputs: ['CONDITIONING'] }),
      ]),
      wires: wires(),
    };
    const text = (choiceSeed: number | null) =>
      convertWorkflow(save(drawing), coreCatalogue, { choiceSeed }).workflow['6']!.inputs['text'];
    const texts = Array.from({ length: 40 }, (_, seed) => text(seed));
    expect(new Set(texts)).toEqual(new Set(['a', 'b', 'c', 'd']));
    expect(Array.from({ length: 40 }, (_, seed) => text(seed))).toEqual(texts);
    expect(text(null)).toBe('{a|b|c|d}');
  });
});
