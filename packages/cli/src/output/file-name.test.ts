import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { numberedName, pictureName } from './file-name.ts';

const name = (prompt: string) => pictureName({ prompt, seed: '7', mediaType: 'image/png' });

describe('pictureName', () => {
  it.each([
    ['a red apple, left of a GREEN frog!', 'a-red-apple-left-of-a-green-frog-7.png'],
    ['ein Fuchs im Schnee – schön', 'ein-fuchs-im-schnee-schön-7.png'],
    ['赤いりんご', '赤いりんご-7.png'],
    ['🦊', 'picture-7.png'],
    ['../../etc/passwd', 'etc-passwd-7.png'],
    ['CON', 'con-7.png'],
  ])('%s', (prompt, expected) => expect(name(prompt)).toBe(expected));

  it('is a safe file name for any prompt', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (prompt) => {
        const file = name(prompt);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: no file name may hold one
        expect(file).not.toMatch(/[\\/:*?"<>|\u0000-\u001f]|^[.-]/);
        expect(Buffer.byteLength(file)).toBeLessThanOrEqual(255);
      }),
    );
  });
});

describe('numberedName', () => {
  it.each([
    ['/a.b/fox.png', 1, '/a.b/fox.png'],
    ['/a.b/fox.png', 2, '/a.b/fox-2.png'],
    ['/a.b/fox', 3, '/a.b/fox-3'],
  ])('%s, %d', (path, number, expected) => expect(numberedName(path, number)).toBe(expected));
});
