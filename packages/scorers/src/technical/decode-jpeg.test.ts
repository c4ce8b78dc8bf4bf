import { describe, expect, it } from 'vitest';
import { decodeJpeg } from './decode-jpeg.ts';

// Red grows to the right, green downwards, blue shrinks to the right; written by libjpeg-turbo.
const FILES = {
  'a baseline file with halved colours':
    '/9j/2wBDAAMCAgMCAgMDAwMEAwMEBQgFBQQEBQoHBwYIDAoMDAsKCwsNDhIQDQ4RDgsLEBYQERMUFRUVDA8XGBYUGBIUFRT/2wBDAQMEBAUEBQkFBQkUDQsNFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBT/wAARCAAYACgDASIAAhEBAxEB/8QAFwABAQEBAAAAAAAAAAAAAAAAAAUHCP/EABoQAAIDAQEAAAAAAAAAAAAAAAAEBiIxoSP/xAAXAQEAAwAAAAAAAAAAAAAAAAAHBggJ/8QAHhEAAQQCAwEAAAAAAAAAAAAAIQADBAUBMQYTIiP/2gAMAwEAAhEDEQA/AOIVofnmV1oflOGtLQ/KcKysPynCy11d7KgNLyLXpZKrD8pwrLQ/KGtrQ/KFZWH55gNdXeynil5Fr0skWh+UBuKsPynAC0y7+uSmiHyL5Y9KwrD8pwrLQ/KcAHe6lukrJelnPgqstD88ysrD8pwABrqW6SnmlnPgqutD8pwAAtLlO9uSmeHOf6sFf//Z',
  'a progressive file with halved colours':
    '/9j/2wBDAAMCAgMCAgMDAwMEAwMEBQgFBQQEBQoHBwYIDAoMDAsKCwsNDhIQDQ4RDgsLEBYQERMUFRUVDA8XGBYUGBIUFRT/2wBDAQMEBAUEBQkFBQkUDQsNFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBT/wgARCAAYACgDASIAAhEBAxEB/8QAFwABAQEBAAAAAAAAAAAAAAAAAAQGB//EABcBAQADAAAAAAAAAAAAAAAAAAYFBwj/2gAMAwEAAhADEAAAAeIV62uy4DJV66sE8yLchbSysd5LrrAbysCmn//EABYQAAMAAAAAAAAAAAAAAAAAAAACBP/aAAgBAQABBQJYxYxYxYxYxYxYxYxYxYxYxYxYxYxYz//EABwRAAICAgMAAAAAAAAAAAAAAAADAgQFYRIiMf/aAAgBAwEBPwGlkdlLI7E5Hr6UnzKT5iXz4n//xAAZEQADAQEBAAAAAAAAAAAAAAAAAwQCEiL/2gAIAQIBAT8BttLbR1votbotboa3XR//xAAXEAEAAwAAAAAAAAAAAAAAAAAxECAw/9oACAEBAAY/AjAoT//EABYQAQEBAAAAAAAAAAAAAAAAAGEAEP/aAAgBAQABPyGARQQQRQZCigwFBf/aAAwDAQACAAMAAAAQcywCB+//xAAXEQEBAQEAAAAAAAAAAAAAAAAAITER/9oACAEDAQE/EMDAhIahrh1//8QAFxEBAQEBAAAAAAAAAAAAAAAAIQAxEf/aAAgBAgEBPxDVtWWy2W3bb//EABYQAQEBAAAAAAAAAAAAAAAAAAAxwf/aAAgBAQABPxCRLKGUmTLKGUmBDKGUspEMpZf/2Q==',
  'a progressive file with whole colours':
    '/9j/2wBDAAMCAgMCAgMDAwMEAwMEBQgFBQQEBQoHBwYIDAoMDAsKCwsNDhIQDQ4RDgsLEBYQERMUFRUVDA8XGBYUGBIUFRT/2wBDAQMEBAUEBQkFBQkUDQsNFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBT/wgARCAAYACgDAREAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAABAf/xAAWAQEBAQAAAAAAAAAAAAAAAAAFBwj/2gAMAwEAAhADEAAAAYhahVgPLBeWC8sF5lZy8sF9gLywHlgvMrOXlgvLBfWA8sF7/8QAFhAAAwAAAAAAAAAAAAAAAAAAAAIE/9oACAEBAAEFAljFjFjFjFjFjFjFjFjFjFjFjFjFjFjP/8QAFhEAAwAAAAAAAAAAAAAAAAAAAAME/9oACAEDAQE/AU0CaBNAmgTQJoE0CaBNAmgTQJoE0CaBNB//xAAVEQEBAAAAAAAAAAAAAAAAAAADAP/aAAgBAgEBPwFnmeZ5nmeZ5nmeZ5nmaZ5nmeZr/8QAFxABAAMAAAAAAAAAAAAAAAAAMRAgMP/aAAgBAQAGPwIwKE//xAAWEAEBAQAAAAAAAAAAAAAAAABhABD/2gAIAQEAAT8hgEUEEEUGQooMBQX/2gAMAwEAAgADAAAAEBtb4EWwp//EABYRAAMAAAAAAAAAAAAAAAAAAAAhMf/aAAgBAwEBPxCbJsmybJsmybJsmybJsmybJsmz/8QAFxEAAwEAAAAAAAAAAAAAAAAAACExYf/aAAgBAgEBPxCzLMsyzLMszYsyzLM3LMsyzNz/xAAWEAEBAQAAAAAAAAAAAAAAAAAAMcH/2gAIAQEAAT8QkSyhlJkyyhlJgQyhlLKRDKWX/9k=',
};
const GREY =
  '/9j/2wBDAAMCAgMCAgMDAwMEAwMEBQgFBQQEBQoHBwYIDAoMDAsKCwsNDhIQDQ4RDgsLEBYQERMUFRUVDA8XGBYUGBIUFRT/2wBDAQMEBAUEBQkFBQkUDQsNFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBT/wgARCAAYACgDASIAAhEBAxEB/8QAGwABAAEFAQAAAAAAAAAAAAAAAAYBAgMEBQf/xAAUAQEAAAAAAAAAAAAAAAAAAAAA/9oADAMBAAIQAxAAAAHyjHOrSHdCSbRx0nEwoF2YNkH/xAAcEAACAwEAAwAAAAAAAAAAAAAAAQIDBBUFExT/2gAIAQEAAQUCdDPQyNLK6iqseE+AWEjiIZDnnPOeLx5HAf/EABQRAQAAAAAAAAAAAAAAAAAAACD/2gAIAQMBAT8BX//EABQRAQAAAAAAAAAAAAAAAAAAACD/2gAIAQIBAT8BX//EABcQAQEBAQAAAAAAAAAAAAAAADEAECD/2gAIAQEABj8C5IjSIiL/xAAbEAACAgMBAAAAAAAAAAAAAAAAARBRESBBYf/aAAgBAQABPyGoeRWG0N0RsXB64OKU0H//2gAMAwEAAgADAAAAEMDDIAPP/8QAFBEBAAAAAAAAAAAAAAAAAAAAIP/aAAgBAwEBPxBf/8QAFBEBAAAAAAAAAAAAAAAAAAAAIP/aAAgBAgEBPxBf/8QAGxABAQACAwEAAAAAAAAAAAAAAQAR0SExwfD/2gAIAQEAAT8QY9oydoScoaQuOJV0hZ0kHSdFxnm+ZHPWxusg6TmPF//Z';
const LIMITS = { maxPixels: 2 ** 20, maxBytes: 2 ** 24 };
const bytesOf = (base64: string) => new Uint8Array(Buffer.from(base64, 'base64'));
const progressive = bytesOf(FILES['a progressive file with whole colours']);

/** The file with another size in its frame header. */
function withSize(bytes: Uint8Array, width: number, height: number): Uint8Array {
  const out = bytes.slice();
  const at = out.findIndex((byte, i) => byte === 0xff && [0xc0, 0xc2].includes(out[i + 1]!));
  out.set([height >> 8, height & 255, width >> 8, width & 255], at + 5);
  return out;
}

describe('decodeJpeg', () => {
  it.each(Object.entries(FILES))('reads %s', async (_, base64) => {
    const { width, height, rgb } = await decodeJpeg(bytesOf(base64), LIMITS);
    expect([width, height]).toEqual([40, 24]);
    const worst = rgb.reduce((most, level, i) => {
      const [x, y] = [Math.floor(i / 3) % 40, Math.floor(i / 120)];
      return Math.max(most, Math.abs(level - [x * 5, y * 9, 200 - x * 4][i % 3]!));
    }, 0);
    expect(worst).toBeLessThan(16);
  });

  it('reads grey', async () => {
    const { rgb } = await decodeJpeg(bytesOf(GREY), LIMITS);
    expect(rgb.every((level, i) => level === rgb[i - (i % 3)])).toBe(true);
    expect(new Set(rgb).size).toBeGreaterThan(40);
  });

  it.each([
    ['a size that its data cannot fill', withSize(progressive, 1000, 1000), LIMITS, /less data/],
    ['more pixels than allowed', withSize(progressive, 2000, 2000), LIMITS, /raise maxPixels/],
    [
      'coefficients above the memory allowed',
      progressive,
      { ...LIMITS, maxBytes: 8000 },
      /raise maxBytes/,
    ],
    ['no pixels', withSize(progressive, 0, 8), LIMITS, /0 × 8/],
    ['a cut off scan', progressive.slice(0, -40), LIMITS, /cut off/],
    ['a scan without data', cutScan(progressive), LIMITS, /less data/],
  ])('refuses %s', async (_, bytes, limits, message) => {
    const decoding = (async () => decodeJpeg(bytes, limits))();
    await expect(decoding).rejects.toMatchObject({ code: 'INVALID_IMAGE' });
    await expect(decoding).rejects.toThrow(message);
  });

  it('stops at an abort, with its reason', async () => {
    const signal = AbortSignal.abort('enough');
    const large = withSize(bytesOf(FILES['a baseline file with halved colours']), 40, 24);
    await expect(decodeJpeg(large, { ...LIMITS, signal })).rejects.toBe('enough');
  });
});

/** The first scan loses its data, the last marker stays. */
function cutScan(bytes: Uint8Array): Uint8Array {
  const at = bytes.findIndex((byte, i) => byte === 0xff && bytes[i + 1] === 0xda);
  const header = bytes[at + 3]!;
  return Uint8Array.from([...bytes.subarray(0, at + 2 + header), 0xff, 0xd9]);
}
