import { ComfygenError } from 'comfygen/plugin';
import { TOKEN } from '../backends/replicate-backend.ts';
import { type Mutant, mutant, plain, sent, thrown } from './mutant.ts';

const rejected = (status: number, code: string) =>
  `calls a submit that is answered with ${status} ${code}, and keeps what was said`;
const open = (what: string) => `makes no second job of a submit ${what}`;
const hint = (what: string) => `waits as long as a 429 asks for, its hint ${what}`;
const withBody = (request: Request, body: string) => new Request(request, { body });
const SAVED = { class_type: 'SaveImage', inputs: { images: ['1', 0], filename_prefix: 'x' } };

/** What goes wrong with submits. */
export const submitMutants: Mutant[] = [
  mutant(
    'no key',
    {
      fetch: sent((request) => {
        request.headers.delete('authorization');
        return request;
      }),
    },
    ['sends its key with each request to the service'],
    'comfyicu',
  ),
  mutant(
    'its key for everybody',
    {
      fetch: sent((request) => {
        request.headers.set('authorization', `Bearer ${TOKEN}`);
        return request;
      }),
    },
    ['sends no key to another origin than the service’s own'],
  ),
  mutant(
    'another graph',
    {
      fetch: sent(async (request) =>
        request.method === 'POST'
          ? withBody(request, (await request.text()).replace('euler', 'ddim'))
          : request,
      ),
    },
    ['sends the graph as it is, but for names of files that it has to trace'],
  ),
  mutant(
    'seeds rounded',
    {
      fetch: sent(async (request) =>
        request.method === 'POST'
          ? withBody(request, (await request.text()).replace('709551615', '709552000'))
          : request,
      ),
    },
    ['sends seeds up to 2^64 − 1 digit by digit'],
  ),
  mutant(
    'the editor’s format sent',
    {
      wrap: (part) => ({
        submit: (plan, ctx) =>
          part.submit(
            'nodes' in plan.workflow ? { ...plan, workflow: { 1: SAVED }, outputNodes: [] } : plan,
            ctx,
          ),
      }),
    },
    ['refuses the format of the editor before any request'],
  ),
  mutant('one error for all', { wrap: thrown('submit', plain) }, [
    rejected(401, 'AUTH'),
    rejected(402, 'PAYMENT'),
    rejected(403, 'FORBIDDEN'),
    rejected(404, 'NOT_FOUND'),
    rejected(413, 'PAYLOAD_TOO_LARGE'),
    rejected(422, 'INVALID_WORKFLOW'),
    hint('missing'),
    'bears error bodies that are empty or a web page',
    open('that met a 500'),
    open('that met a 502'),
    open('that met a 503'),
    open('that met a 504'),
  ]),
  mutant(
    'no patience',
    { wrap: thrown('submit', ({ code, message }) => new ComfygenError(code, message)) },
    [hint('in seconds'), hint('in date'), hint('in body'), hint('in detail')],
  ),
  mutant(
    'a 429 that is met for ever',
    {
      wrap: (part) => ({
        async submit(plan, ctx) {
          for (;;) {
            try {
              return await part.submit(plan, ctx);
            } catch {
              await ctx.clock.sleep(3_600_000, ctx.signal);
            }
          }
        },
      }),
    },
    ['does not wait for ever where each submit is answered with 429'],
  ),
  mutant(
    'a job that was taken called refused',
    { wrap: thrown('submit', ({ message }) => new ComfygenError('UNAVAILABLE', message)) },
    [
      open('whose connection broke after the job was taken'),
      open('whose answer broke off after the job was taken'),
    ],
  ),
  mutant(
    'every POST again that went wrong',
    {
      fetch: (send) => async (input, init) => {
        const request = new Request(input, init);
        const again = request.clone();
        const first = await send(request).catch(() => undefined);
        if (first && (first.status < 500 || request.method === 'GET')) return first;
        return send(again);
      },
    },
    [
      open('that met a 500'),
      open('whose connection broke after the job was taken'),
      'sends no submit again, but under the same idempotency key',
    ],
  ),
  mutant(
    'a login page taken for a job',
    {
      wrap: (part) => ({
        submit: (plan, ctx) =>
          part
            .submit(plan, ctx)
            .catch(() => ({ executor: part.name, id: 'none', submittedAt: ctx.clock.now() })),
      }),
    },
    [open('that was answered with a login page')],
  ),
  mutant(
    'ten seconds to accept',
    {
      wrap: (part) => ({
        submit: (plan, ctx) =>
          Promise.race([
            part.submit(plan, ctx),
            ctx.clock.sleep(10_000).then(() => {
              throw plain();
            }),
          ]),
      }),
    },
    ['bears a service that takes 45 seconds to accept a job'],
  ),
  mutant(
    'a timer that is left',
    {
      wrap: (part) => ({
        submit(plan, ctx) {
          void ctx.clock.sleep(10 ** 9);
          return part.submit(plan, ctx);
        },
      }),
    },
    ['waits on the clock that it is given, and leaves no timer on it'],
  ),
];
