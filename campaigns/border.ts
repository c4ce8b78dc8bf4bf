// Whatever JavaScript value callers, parts and stores hand over: each promise settles, with a ComfygenError where it
// fails, and a picture that is finished stays.
import {
  ComfygenError,
  checkFlow,
  createComfyGen,
  defineFlow,
  filterFlows,
  memoryJobStore,
  memoryRecordStore,
  memoryTextCache,
} from '../packages/core/src/index.ts';
import { createRandom } from '../packages/core/src/plugin.ts';
import { drawOdd } from './border/odd-values.ts';
import { createSoundParts, type SoundParts } from './border/sound-parts.ts';
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

class LostPicture extends Error {}

function nameOf(value: unknown): string {
  try {
    return `${(value as Error).name}: ${(value as Error).message}`.slice(0, 200);
  } catch {
    return typeof value;
  }
}

const pick = <T>(random: () => number, list: readonly T[]): T =>
  list[Math.floor(random() * list.length)]!;

/** One kind of place where a value comes in from outside. */
interface Attack {
  name: string;
  places?: readonly string[];
  run(place: string, odd: unknown, random: () => number): Promise<unknown>;
}

const CALL = [
  'seed',
  'count',
  'index',
  'width',
  'height',
  'negative',
  'limits',
  'options',
  'flow',
].concat(['choiceSeed', 'onImage', 'signal', 'timeoutMs', 'unknown']);
const HOST = [
  'flows',
  'selector',
  'executor',
  'scorer',
  'reader',
  'records',
  'jobs',
  'concurrency',
].concat(['maxRetries', 'timeouts', 'policy', 'log', 'unknown']);

/** A host with sound parts, and a method of one of them replaced. */
async function withHost(
  change: (parts: SoundParts) => unknown,
  use: (comfygen: ReturnType<typeof createComfyGen>, parts: SoundParts) => Promise<unknown>,
): Promise<void> {
  const parts = createSoundParts();
  change(parts);
  const comfygen = createComfyGen({
    ...parts.host,
    timeouts: { imageMs: 2_000, scoreMs: 2_000, storeMs: 2_000, learnMs: 2_000 },
  });
  try {
    await use(comfygen, parts);
  } finally {
    await comfygen.dispose();
  }
}

/** How a method misbehaves with an odd value: it gives it, throws it, rejects with it, or has it inside its answer. */
function misbehave(
  method: (...args: never[]) => unknown,
  odd: unknown,
  random: () => number,
  isSync = false,
) {
  // Nobody awaits what is no promise by its type.
  const way = Math.floor(random() * (isSync ? 2 : 4));
  return (...args: never[]): unknown => {
    if (way === 0) return odd;
    if (way === 1) throw odd;
    if (way === 2) return Promise.reject(odd);
    return Promise.resolve(method(...args)).then((answer) => inject(answer, odd, random));
  };
}

/** The answer with one of its fields, at some depth, replaced. */
function inject(answer: unknown, odd: unknown, random: () => number): unknown {
  if (typeof answer !== 'object' || answer === null || ArrayBuffer.isView(answer)) return odd;
  const keys = Object.keys(answer);
  if (keys.length === 0) return Array.isArray(answer) ? [odd] : { ...answer, odd };
  const key = pick(random, keys);
  const inner = (answer as Record<string, unknown>)[key];
  const isDeeper = typeof inner === 'object' && inner !== null && random() < 0.6;
  const value = isDeeper ? inject(inner, odd, random) : odd;
  if (!Array.isArray(answer)) return { ...answer, [key]: value };
  return answer.map((item, at) => (at === Number(key) ? value : item));
}

type Method = (...args: never[]) => unknown;
type Host = Record<string, Record<string, Method>>;

const METHODS = ['executor.inventory', 'executor.submit', 'executor.inspect', 'executor.watch']
  .concat(['executor.download', 'executor.cancel', 'executor.jobsAtOnce', 'executor.dispose'])
  .concat(['selector.select', 'jobs.put', 'records.list']);
/** What comes after the picture: it may cost its own result alone. */
const LATER = ['scorer.score', 'scorer.dispose', 'selector.learn', 'records.append'];

const ATTACKS: readonly Attack[] = [
  {
    name: 'createComfyGen',
    places: HOST,
    run: async (place, odd) => {
      const { host } = createSoundParts();
      const comfygen = createComfyGen({ ...host, [place]: odd } as never);
      await comfygen
        .generate('a red apple', { timeoutMs: 20_000 })
        .finally(() => comfygen.dispose());
    },
  },
  { name: 'createComfyGen()', run: async (_, odd) => createComfyGen(odd as never) },
  {
    name: 'call',
    places: CALL,
    run: (place, odd, random) =>
      withHost(
        () => {},
        async (comfygen) => {
          const method = pick(random, ['generate', 'plan', 'select'] as const);
          const call = random() < 0.2 ? odd : { timeoutMs: 20_000, [place]: odd };
          const prompt = random() < 0.2 ? odd : 'a red apple';
          await comfygen[method](prompt as never, call as never).catch((error: unknown) => {
            // An abort is told by the caller's own reason.
            if (!(place === 'signal' && error === 'odd')) throw error;
          });
        },
      ),
  },
  {
    name: 'resume',
    places: ['job', 'field', 'call', 'stored'],
    run: (place, odd, random) =>
      withHost(
        ({ host }) => {
          if (place === 'stored') host.jobs = { ...host.jobs, get: async () => odd as never };
        },
        async (comfygen, { entry }) => {
          const job = { job: odd, field: inject(entry, odd, random), call: entry, stored: 'p' }[
            place
          ];
          await comfygen.resume(
            job as never,
            place === 'call' ? (odd as never) : { timeoutMs: 20_000 },
          );
        },
      ),
  },
  {
    name: 'feedback',
    places: ['run', 'verdict', 'field', 'stored'],
    run: (place, odd, random) =>
      withHost(
        ({ host }) => {
          if (place === 'stored') host.records = { ...host.records, get: async () => odd as never };
        },
        async (comfygen) => {
          const { runId } = await comfygen.generate('a red apple');
          const verdict = { value: 1, note: 'good' };
          const given = { verdict: odd, field: inject(verdict, odd, random) }[place] ?? verdict;
          await comfygen.feedback((place === 'run' ? odd : runId) as never, given as never);
        },
      ),
  },
  {
    name: 'events',
    places: ['on', 'once', 'off', 'listener'],
    run: (place, odd) =>
      withHost(
        () => {},
        async (comfygen) => {
          if (place === 'listener')
            comfygen.events.on('run-start', () => {
              throw odd;
            });
          else comfygen.events[place as 'on'](odd as never, odd as never);
          await comfygen.generate('a red apple');
        },
      ),
  },
  {
    name: 'part',
    places: METHODS,
    run: (place, odd, random) =>
      withHost(
        ({ host }) => replace(host as unknown as Host, place, odd, random),
        (comfygen) => comfygen.generate('a red apple', { timeoutMs: 20_000 }),
      ),
  },
  {
    name: 'later',
    places: LATER,
    run: (place, odd, random) =>
      withHost(
        ({ host }) => replace(host as unknown as Host, place, odd, random),
        async (comfygen) => {
          const { images, record } = await comfygen.generate('a red apple').catch((error) => {
            throw new LostPicture(`lost the picture: ${nameOf(error)}`);
          });
          if (images[0]?.bytes.length === 0) throw new LostPicture('lost the bytes');
          JSON.stringify(record);
        },
      ),
  },
  {
    name: 'onImage',
    run: (_, odd, random) =>
      withHost(
        () => {},
        (comfygen) =>
          comfygen.generate('a red apple', { onImage: misbehave(() => odd, odd, random) as never }),
      ),
  },
  {
    name: 'store',
    places: ['records.append', 'records.get', 'jobs.put', 'jobs.get', 'jobs.delete', 'texts.set'],
    run: async (place, odd) => {
      const stores = {
        records: memoryRecordStore(),
        jobs: memoryJobStore(),
        texts: memoryTextCache(),
      };
      const [store, method] = place.split('.') as ['records', 'append'];
      await stores[store][method](odd as never);
    },
  },
  {
    name: 'flow',
    places: ['defineFlow', 'workflow', 'field', 'checkFlow', 'filterFlows', 'options'],
    run: async (place, odd, random) => {
      const { flow, graph } = createSoundParts();
      if (place === 'defineFlow') return defineFlow(odd as never);
      if (place === 'workflow') return defineFlow({ id: 'one', workflow: odd as never });
      if (place === 'field')
        return defineFlow(inject({ id: 'one', workflow: graph }, odd, random) as never);
      if (place === 'checkFlow') return checkFlow(odd as never);
      if (place === 'filterFlows') return filterFlows(odd as never, {});
      return checkFlow(flow, odd as never);
    },
  },
];

function replace(host: Host, place: string, odd: unknown, random: () => number): void {
  const [part, method] = place.split('.') as [string, string];
  const own = host[part]!;
  const former = own[method] ?? (() => undefined);
  host[part] = { ...own, [method]: misbehave(former, odd, random, method === 'jobsAtOnce') };
}

await runCampaign(import.meta.url, 'border', border);
