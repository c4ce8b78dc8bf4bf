import { KEY as ICU_KEY } from '../backends/comfyicu-backend.ts';
import { TOKEN } from '../backends/replicate-backend.ts';
import { type Mutant, mutant, seen, thrown } from './mutant.ts';

const secret = () => new Error(`the key is ${TOKEN}`);
const events = (kind: string) => `follows a job to its end although its events meet ${kind}`;
const echo = (method: string) => `shows no secret that a service says back to ${method}()`;
/** What goes wrong with events, webhooks and keys. */
export const eventMutants: Mutant[] = [
  mutant(
    'a state that goes back',
    {
      wrap: (part) => ({
        async *watch(ref, ctx) {
          for await (const event of part.watch!(ref, ctx)) {
            yield event;
            if (event.type === 'state') yield { type: 'state', state: 'queued' };
          }
        },
      }),
    },
    ['never lets a state go back, nor tells anything after the final one'],
  ),
  mutant(
    'events without progress',
    {
      wrap: (part) => ({
        async *watch(ref, ctx) {
          for await (const event of part.watch!(ref, ctx))
            if (event.type !== 'progress') yield event;
        },
      }),
    },
    ['shows how far a job of a service is, where it says so'],
  ),
  mutant(
    'no look once there were events',
    {
      fetch(send) {
        let streamed = false;
        return async (input, init) => {
          const { url } = new Request(input, init);
          streamed ||= url.endsWith('/events');
          return streamed && !url.endsWith('/events')
            ? new Response('', { status: 410 })
            : send(input, init);
        };
      },
    },
    ['status', 'rate-limited', 'reset', 'silence', 'truncated', 'html'].map(events),
    'comfy-api',
  ),
  mutant(
    'another job',
    {
      wrap: (part) => ({
        async parseWebhook(...args) {
          const told = await part.parseWebhook!(...args);
          return { ...told, ref: { ...told.ref, id: 'another' } };
        },
      }),
    },
    ['finds the job of a webhook call, however often and late it comes'],
  ),
  mutant(
    'every call believed',
    {
      wrap: (part) => ({
        async parseWebhook() {
          const ref = { executor: part.name, id: 'some', submittedAt: 0 };
          return {
            ref,
            snapshot: { state: 'succeeded', rawState: '', outputs: [], warnings: [] },
          };
        },
      }),
    },
    [
      'takes the word of no webhook call that nobody signed',
      'refuses webhook calls whose signature, time, name or body is not as it was signed',
      'refuses webhook calls that name no job',
    ],
  ),
  ...(['submit', 'inspect', 'cancel', 'download'] as const).map((method) =>
    mutant(`a key in what ${method} throws`, { wrap: thrown(method, secret) }, [echo(method)]),
  ),
  mutant(
    'a key in its warnings',
    {
      wrap: seen(({ warnings }) => ({
        warnings: [...warnings, { code: 'key', message: `It goes by ${ICU_KEY}.` }],
      })),
    },
    ['shows no secret in the events and the record of a run'],
    'comfyicu',
  ),
];
