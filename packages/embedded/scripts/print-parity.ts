/** Prints the largest error of every group: `node --conditions=source packages/embedded/scripts/print-parity.ts`. */
import fixture from '../src/sampling/__fixtures__/comfyui-0.33.0-sampling.json' with {
  type: 'json',
};
import { measureParity, type SamplingNumbers } from '../src/sampling/parity.ts';

for (const [group, errors] of Object.entries(
  measureParity(fixture as unknown as SamplingNumbers),
)) {
  for (const [name, error] of Object.entries(errors)) {
    process.stdout.write(`${group}\t${name}\t${error.toExponential(2)}\n`);
  }
}
