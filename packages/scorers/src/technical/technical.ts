import {
  defineScorer,
  parseOptions,
  runInSlices,
  type ScorerV1,
  type Warning,
} from 'comfygen/plugin';
import { z } from 'zod';
import { calibrate } from './calibrate.ts';
import { decodeImage, sniffMediaType } from './decode-image.ts';
import { measure } from './measure.ts';

/** Options of `technical`; all may be left out. */
export interface TechnicalOptions {
  /**
   * The most pixels of an image; larger ones are refused by their header. Default: 2^25, about 33 million.
   */
  maxPixels?: number | undefined;
  /**
   * The most bytes that decoding and measuring an image may take at once; an image that would take more is refused
   * before it is unpacked. Default: 256,000,000, enough for 2^25 pixels of a PNG or a baseline JPEG.
   */
  maxBytes?: number | undefined;
}

const options = z.strictObject({
  maxPixels: z
    .int()
    .min(1)
    .default(2 ** 25),
  maxBytes: z.int().min(1).default(256_000_000),
});
const PART = { role: 'scorer', name: 'technical' } as const;

/**
 * A scorer of the pixels themselves, 0 to 1: sharp, contrasty, clean and unclipped is high; a blank
 * picture or bare noise is 0. It judges neither beauty nor whether the picture shows the prompt, and
 * two whole pictures that differ in the second digit are equals. `raw` holds each measure in its own
 * unit, at the image's own size; `evidence` says what pulled the value down. Reads PNG and JPEG, in
 * Node and browsers. Throws INVALID_IMAGE for other formats (WebP among them), for damaged or cut off
 * files and for images above `maxPixels` or `maxBytes`; INVALID_OPTIONS. Works in slices of some
 * milliseconds, so that an abort is met in time.
 */
export function technical(given: TechnicalOptions = {}): ScorerV1 {
  const limits = parseOptions(PART, options, given);
  const scorer = defineScorer({
    name: PART.name,
    runOptions: { [PART.name]: [] },
    version: '1',
    range: [0, 1] as const,
    supports: { deterministic: true },
    async score({ image }, ctx) {
      ctx.signal.throwIfAborted();
      const pixels = await decodeImage(image.bytes, { ...limits, signal: ctx.signal });
      const measures = await runInSlices(measure(pixels), ctx.signal);
      const { value, verdict, why, factors } = calibrate(measures);
      return {
        value,
        raw: { ...measures },
        evidence: { verdict, why, factors },
        warnings: typeWarnings(image),
      };
    },
  });
  return scorer;
}

function typeWarnings({ bytes, mediaType }: { bytes: Uint8Array; mediaType: string }): Warning[] {
  const found = sniffMediaType(bytes);
  if (found === undefined || found === mediaType) return [];
  const message = `The image came as ${mediaType}, its bytes are ${found}.`;
  return [{ code: 'media-type-mismatch', message }];
}
