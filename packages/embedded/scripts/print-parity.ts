/**
 * Prints the largest error of every group against ComfyUI's numbers, tab-separated:
 * `pnpm exec node --conditions=comfygen-source packages/embedded/scripts/print-parity.ts`.
 */
import { existsSync } from 'node:fs';
import {
  allNumbers,
  keptNumbers,
  measureParity,
  readNumbers,
} from '../test/parity/measure-sampling.ts';

const source = existsSync(allNumbers) ? allNumbers : keptNumbers;
process.stdout.write(`${source === allNumbers ? 'all recorded numbers' : 'kept numbers only'}\n`);
for (const [group, errors] of Object.entries(measureParity(readNumbers(source)))) {
  for (const [name, error] of Object.entries(errors)) {
    process.stdout.write(`${group}\t${name}\t${error.toExponential(2)}\n`);
  }
}
