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

/**
 * Makes `campaigns/NAME.ts` a program that prints its findings as one line of JSON, and exits with 1 where there are
 * faults; does nothing where a test imports the file.
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
    },
  });
  const given = { trials: Number(values.trials), seed: Number(values.seed) };
  const findings = await campaign(given);
  console.log(JSON.stringify({ name, ...given, ...findings }));
  process.exitCode = findings.faults > 0 ? 1 : 0;
}
