import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

/** How often, and from which seed all that is drawn follows. */
export interface Trials {
  trials: number;
  seed: number;
}

/** What a campaign found: `faults` is 0 where everything held; further figures say how hard it tried. */
export interface Findings {
  faults: number;
  [figure: string]: unknown;
}

/** What is kept of a campaign, for docs/reliability.md. */
export interface Result extends Trials, Findings {
  name: string;
  /** The day and the runtime. */
  day: string;
  node: string;
}

/** Where the findings are kept that docs/reliability.md shows. */
export const RESULTS = new URL('./results/', import.meta.url);

/**
 * Makes `campaigns/NAME.ts` a program that prints its findings as one line of JSON, and exits with 1 where there are
 * faults; `--keep` writes them to `campaigns/results/` too. Does nothing where a test imports the file.
 */
export async function runCampaign(
  url: string,
  name: string,
  campaign: (trials: Trials) => Promise<Findings>,
): Promise<void> {
  if (process.argv[1] !== fileURLToPath(url)) return;
  const { values } = parseArgs({
    options: {
      trials: { type: 'string', default: '100' },
      seed: { type: 'string', default: '1' },
      keep: { type: 'boolean', default: false },
    },
  });
  const given = { trials: Number(values.trials), seed: Number(values.seed) };
  const findings = await campaign(given);
  console.log(JSON.stringify({ name, ...given, ...findings }));
  process.exitCode = findings.faults > 0 ? 1 : 0;
  if (!values.keep) return;
  const day = new Date().toISOString().slice(0, 10);
  const result: Result = { name, day, node: process.versions.node, ...given, ...findings };
  mkdirSync(RESULTS, { recursive: true });
  writeFileSync(new URL(`${name}.json`, RESULTS), `${JSON.stringify(result, null, 2)}\n`);
}
