import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { textToImage } from './support/graphs.ts';
import { pixelsOf } from './support/png.ts';
import { createExecutor, runToEnd } from './support/run-plan.ts';

// The pixels are a promise: the same on every Node that is supported. Tried on Linux x64 with Node 22
// and 24; other platforms are untried. A change here is a breaking change, to be said in a changeset.
it.each([
  ['euler', 'bb450011fba358de80f1cbc5e57a9e568a36eab07d23255241272d7def13d450'],
  ['euler_ancestral', '3fa4a6b5020f0f3384b720c036dd122e64321268266bba57945c7ea577935ad8'],
  ['dpmpp_2m', 'fe09d750a0afcae4af7d6c4aea7ba21ecc724a4f6fe40a5942e6797a04aaeda4'],
  ['lcm', '15a81692d45110292d7a6773192e02f7c9dc4609fecc852b989b69bcbaecb021'],
])('%s gives the pixels that it always gave', async (sampler_name, golden) => {
  const workflow = textToImage({ sampler: { sampler_name, scheduler: 'beta', steps: 8 } });
  const [pixels = []] = pixelsOf(await runToEnd(createExecutor(), workflow));
  expect(createHash('sha256').update(Uint8Array.from(pixels)).digest('hex')).toBe(golden);
});
