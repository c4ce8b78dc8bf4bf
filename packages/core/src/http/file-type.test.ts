import { describe, expect, it } from 'vitest';
import { kindOfMediaType, mediaTypeOfName, sniffMediaType } from './file-type.ts';

const latin = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

describe('sniffMediaType', () => {
  it.each([
    ['a sound of layer III', '\xff\xfb\x90\x64', 'audio/mpeg'],
    ['one at half the rate', '\xff\xf3\x84\xc4', 'audio/mpeg'],
    ['AAC', '\xff\xf1\x50\x80', 'audio/aac'],
    ['a text in UTF-16', '\xff\xfea\0b\0', undefined],
    ['a JPEG', '\xff\xd8\xff\xe0', 'image/jpeg'],
    ['a polygon file', 'ply\nformat binary_little_endian 1.0\n', 'model/ply'],
    ['a word', 'plywood', undefined],
    ['a latent', '\x40\0\0\0\0\0\0\0{"latent_tensor":{}}', 'application/x-safetensors'],
    ['a text', 'a red fox on a hill', undefined],
    ['nothing', '', undefined],
  ])('knows %s', (_, text, mediaType) => {
    expect(sniffMediaType(latin(text))).toBe(mediaType);
  });
});

describe('a name and a media type', () => {
  it.each([
    ['a.latent', 'application/x-safetensors'],
    ['b.USDZ', 'model/vnd.usdz+zip'],
    ['none', undefined],
  ])('of %s', (name, mediaType) => expect(mediaTypeOfName(name)).toBe(mediaType));

  it.each([
    ['video/webm', 'video'],
    ['text/plain', 'text'],
    ['model/obj', undefined],
    ['application/json', undefined],
  ])('tells the kind of %s', (mediaType, kind) => expect(kindOfMediaType(mediaType)).toBe(kind));
});
