import { ComfygenError } from 'comfygen/plugin';
import { type Mutant, mutant, seen, thrown } from './mutant.ts';

const look = (kind: string) => `survives a look that meets ${kind}`;
const silent = (method: string) =>
  `gives up ${method}() at once when it is aborted while the service is silent`;

/** What goes wrong with looks, waits and cancels. */
export const lookMutants: Mutant[] = [
  mutant(
    'queued called running',
    { wrap: seen(({ state }) => (state === 'queued' ? { state: 'running' } : {})) },
    [
      'sees a job queued, running and done, and gives the bytes that the service keeps',
      'bears states in between that it never saw',
    ],
  ),
  mutant(
    'a first look that says nothing',
    {
      wrap(part) {
        let looks = 0;
        return seen(() => {
          looks += 1;
          return looks === 1 ? { state: 'running' } : {};
        })(part);
      },
    },
    ['sees a job that is over at its first look'],
  ),
  mutant(
    'an unknown word that ends a job',
    { wrap: seen(({ rawState }) => (rawState === 'WARMING_UP' ? { state: 'failed' } : {})) },
    ['takes a state word that nobody knows for running, and says so'],
  ),
  mutant(
    'words in small letters only',
    { wrap: seen(({ rawState }) => (/^[A-Z]+$/.test(rawState) ? { state: 'running' } : {})) },
    ['reads state words in another letter case'],
  ),
  mutant(
    'looks that give up at once',
    {
      wrap: thrown(
        'inspect',
        ({ message }) => new ComfygenError('PROTOCOL', message, { retryable: false }),
      ),
    },
    ['status', 'reset', 'truncated', 'html', 'rate-limited', 'silence'].map(look),
  ),
  mutant(
    'running, whatever happens',
    {
      wrap: (part) => ({
        inspect: (ref, ctx) =>
          part
            .inspect(ref, ctx)
            .catch(() => ({ state: 'running', rawState: '?', outputs: [], warnings: [] })),
      }),
    },
    ['ends a run whose job stays out of sight, and submits it no second time'],
  ),
  mutant(
    'expired called running',
    { wrap: seen(({ state }) => (state === 'expired' ? { state: 'running' } : {})) },
    ['calls a job that the service has forgotten expired or lost'],
  ),
  mutant(
    'references that end with their run',
    {
      wrap(part) {
        let own: AbortSignal | undefined;
        return {
          inspect(ref, ctx) {
            own ??= ctx.signal;
            if (ctx.signal === own) return part.inspect(ref, ctx);
            throw new ComfygenError('JOB_LOST', 'That was another run.');
          },
        };
      },
    },
    ['leaves a reference when a run is out of time, which tells what became of its job'],
  ),
  mutant(
    'ten looks for one',
    {
      wrap: (part) => ({
        async inspect(ref, ctx) {
          for (let more = 9; more > 0; more -= 1) await part.inspect(ref, ctx);
          return part.inspect(ref, ctx);
        },
      }),
    },
    ['looks at a long job ever more seldom, and is in no hurry'],
  ),
  mutant(
    'deaf to signals',
    {
      wrap(part) {
        const signal = new AbortController().signal;
        return {
          submit: (plan, ctx) => part.submit(plan, { ...ctx, signal }),
          inspect: (ref, ctx) => part.inspect(ref, { ...ctx, signal }),
          download: (output, ref, ctx) => part.download(output, ref, { ...ctx, signal }),
        };
      },
    },
    ['submit', 'inspect', 'download'].map(silent),
  ),
  mutant(
    'a cancel of which the service hears nothing',
    { wrap: (part) => ({ cancel: (ref, ctx) => part.inspect(ref, ctx) }) },
    ['ends an aborted run at once, with one cancel where it can'],
  ),
  mutant(
    'canceled as soon as it is asked for',
    {
      wrap: (part) => ({
        cancel: async (ref, ctx) => ({ ...(await part.cancel!(ref, ctx)), state: 'canceled' }),
      }),
    },
    [
      'shows a job that is being canceled as canceling until it is',
      'tells what became of a job that ended while its cancel was lost',
    ],
  ),
  mutant(
    'looks that cancel',
    {
      wrap: (part) => ({
        async inspect(ref, ctx) {
          const snapshot = await part.inspect(ref, ctx);
          await part.cancel!(ref, ctx);
          return snapshot;
        },
      }),
    },
    ['asks the service to cancel nothing where a job is merely looked at'],
  ),
];
