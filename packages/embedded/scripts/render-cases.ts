import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createComfyGen } from 'comfygen';
import { loadFlows } from 'comfygen/node';
import { embedded } from '../src/index.ts';
import { type Case, promptOf } from './adherence-cases.ts';

// The workflows are no dependency of this package.
const WORKFLOWS = new URL('../../../workflows/', import.meta.url);

/** A case with its picture. */
export interface Drawn extends Case {
  prompt: string;
  bytes: Uint8Array;
}

/** Runs each case's flow, with seeds from `seed` on; pictures that are in the folder already are read from there. */
export async function renderCases(
  cases: readonly Case[],
  folder: string,
  seed: number,
): Promise<Drawn[]> {
  mkdirSync(folder, { recursive: true });
  const flows = (await loadFlows(WORKFLOWS)).filter(({ baseModel }) => baseModel === 'emoji');
  const comfygen = createComfyGen({ flows, executor: embedded() });
  const drawn: Drawn[] = [];
  for (const [index, one] of cases.entries()) {
    const prompt = promptOf(one.asked);
    const path = join(folder, `${String(index).padStart(3, '0')}.png`);
    if (!existsSync(path)) {
      const { best } = await comfygen.generate(prompt, { seed: seed + index, flow: one.flow });
      writeFileSync(path, best.bytes);
    }
    drawn.push({ ...one, prompt, bytes: readFileSync(path) });
  }
  return drawn;
}
