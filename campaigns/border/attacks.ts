import {
  checkFlow,
  createComfyGen,
  defineFlow,
  filterFlows,
  memoryJobStore,
  memoryRecordStore,
  memoryTextCache,
} from '../../packages/core/src/index.ts';
import { type Host, inject, misbehave, pick, replace } from './misbehave.ts';
import { createSoundParts, type SoundParts } from './sound-parts.ts';

/** One kind of place where a value comes in from outside. */
export interface Attack {
  name: string;
  places?: readonly string[];
  run(place: string, odd: unknown, random: () => number): Promise<unknown>;
}

/** A picture that was finished is not there. */
export class LostPicture extends Error {}

/** What was thrown, in words. */
export function nameOf(value: unknown): string {
  try {
    return `${(value as Error).name}: ${(value as Error).message}`.slice(0, 200);
  } catch {
    return typeof value;
  }
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

const METHODS = ['executor.inventory', 'executor.submit', 'executor.inspect', 'executor.watch']
  .concat(['executor.download', 'executor.cancel', 'executor.jobsAtOnce', 'executor.dispose'])
  .concat(['selector.select', 'jobs.put', 'records.list']);
/** What comes after the picture: it may cost its own result alone. */
const LATER = ['scorer.score', 'scorer.dispose', 'selector.learn', 'records.append'];

/** Every kind of place. */
export const ATTACKS: readonly Attack[] = [
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
