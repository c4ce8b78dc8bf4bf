// Whatever JavaScript value callers, parts and stores hand over: each promise settles, with a ComfygenError where it
// fails, and a picture that is finished stays.
import { ComfygenError, createRandom } from '../packages/core/src/plugin.ts';
import { ATTACKS, LostPicture, nameOf } from './border/attacks.ts';
import { pick } from './border/misbehave.ts';
import { drawOdd } from './border/odd-values.ts';
import { type Findings, runCampaign, type Trials } from './campaign.ts';

/** The clock is a hundred times as fast as the machine: the longest limit, of a dispose, takes 140 ms. */
const LONGEST_MS = 5_000;

/** Draws `trials` odd values and hands each over at a place that is drawn too. */
export async function border({ trials, seed }: Trials): Promise<Findings> {
  const random = createRandom(seed);
  const told: string[] = [];
  const places = new Map<string, number>();
  let settled = 0;
  const onUnhandled = (reason: unknown) => told.push(`unhandled: ${nameOf(reason)}`);
  process.on('unhandledRejection', onUnhandled);
  try {
    for (let trial = 0; trial < trials; trial += 1) {
      const attack = pick(random, ATTACKS);
      const odd = drawOdd(random);
      const place = `${attack.name}${attack.places ? ` ${pick(random, attack.places)}` : ''}`;
      places.set(place, (places.get(place) ?? 0) + 1);
      const fault = await judge(() =>
        attack.run(place.slice(attack.name.length + 1), odd.value, random),
      );
      if (fault === undefined) settled += 1;
      else told.push(`trial ${trial}: ${place} ← ${odd.name}: ${fault}`);
    }
    await new Promise((resolve) => setImmediate(resolve));
  } finally {
    process.off('unhandledRejection', onUnhandled);
  }
  return { faults: told.length, settled, places: places.size, told: told.slice(0, 20) };
}

/** What is wrong with how it ended; `undefined` where it gave an answer or an error of ours, in time. */
async function judge(run: () => Promise<unknown>): Promise<string | undefined> {
  const over = new AbortController();
  const late = new Promise<string>((resolve) => {
    const timer = setTimeout(() => resolve(`not settled in ${LONGEST_MS} ms`), LONGEST_MS);
    over.signal.addEventListener('abort', () => clearTimeout(timer));
  });
  const end = (async () => {
    try {
      await run();
      return undefined;
    } catch (error) {
      if (error instanceof LostPicture) return error.message;
      return ComfygenError.is(error) ? undefined : `raw ${nameOf(error)}`;
    }
  })();
  const fault = await Promise.race([end, late]);
  over.abort();
  return fault;
}

await runCampaign(import.meta.url, 'border', border);
