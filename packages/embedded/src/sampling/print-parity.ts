/** Prints the largest error of every group: `node --conditions=source packages/embedded/src/sampling/print-parity.ts`. */
import fixture from './__fixtures__/comfyui-0.33.0-sampling.json' with { type: 'json' };
import { measureParity, type SamplingNumbers } from './parity.ts';

for (const [group, errors] of Object.entries(
  measureParity(fixture as unknown as SamplingNumbers),
)) {
  for (const [name, error] of Object.entries(errors)) {
    process.stdout.write(`${group}\t${name}\t${error.toExponential(2)}\n`);
  }
}
