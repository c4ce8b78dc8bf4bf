import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { joinPng, type PngChunk } from '../testing/picture.ts';
import { isPng, PNG_SIGNATURE } from '../util/png.ts';
import { readPngText } from './png-text.ts';

const latin1 = (text: string) => Buffer.from(text, 'latin1');
const join = (...parts: Uint8Array[]) => new Uint8Array(Buffer.concat(parts));

const chunk = (type: string, data: Uint8Array): PngChunk => [type, data];
const png = (...chunks: PngChunk[]) => new Uint8Array(joinPng(chunks));
const itxt = (key: string, text: string, packed: boolean) =>
  chunk(
    'iTXt',
    join(
      latin1(`${key}\0${packed ? '\x01' : '\0'}\0en\0Schlüssel\0`),
      packed ? deflateSync(Buffer.from(text)) : Buffer.from(text),
    ),
  );

describe('the text in a PNG', () => {
  it('is read from plain, packed and international chunks', () => {
    const texts = readPngText(
      png(
        chunk('IHDR', Buffer.alloc(13)),
        chunk('tEXt', latin1('prompt\0{"a":"é"}')),
        chunk('zTXt', join(latin1('packed\0\0'), deflateSync(latin1('small')))),
        itxt('wide', '狐', false),
        itxt('wide-packed', '狐狐', true),
      ),
    );
    expect([...texts]).toEqual([
      ['prompt', '{"a":"é"}'],
      ['packed', 'small'],
      ['wide', '狐'],
      ['wide-packed', '狐狐'],
    ]);
  });

  it('is what came before a file that ends early', () => {
    const whole = png(chunk('tEXt', latin1('prompt\0{}')), chunk('tEXt', latin1('workflow\0[]')));
    const cut = whole.subarray(0, whole.length - 20);
    expect([...readPngText(cut).keys()]).toEqual(['prompt']);
  });

  it('is left out where a chunk cannot be unpacked', () => {
    const broken = chunk('zTXt', join(latin1('bad\0\0'), latin1('no zlib')));
    expect(readPngText(png(broken, chunk('tEXt', latin1('good\0yes')))).get('good')).toBe('yes');
  });

  it('never fails, whatever follows the signature', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(readPngText(join(Buffer.from(PNG_SIGNATURE), bytes))).toBeInstanceOf(Map);
      }),
    );
  });

  it('is looked for only behind the signature', () => {
    expect(isPng(png())).toBe(true);
    expect(isPng(Buffer.from('{"a":1}'))).toBe(false);
    expect(isPng(new Uint8Array())).toBe(false);
  });
});
