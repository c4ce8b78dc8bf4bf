import { ComfygenError, type ExecutorV1, type JobSnapshot } from 'comfygen/plugin';

/** An executor that breaks its word: by what it sends, or by what it says. */
export interface Mutant {
  what: string;
  on: 'replicate' | 'comfy-api' | 'comfyicu' | 'runpod';
  /** Between the executor and its service. */
  fetch?: (send: typeof fetch) => typeof fetch;
  /** Between the executor and its caller. */
  wrap?: (part: ExecutorV1) => Partial<Omit<ExecutorV1, 'spec' | 'role'>>;
  /** The cases that must notice it. */
  noticedBy: string[];
  /** After so long a case counts as hanging, in milliseconds. Default 2,000. */
  limitMs?: number;
}

type Wrap = NonNullable<Mutant['wrap']>;
type Method = 'submit' | 'inspect' | 'download' | 'cancel' | 'parseWebhook';

/** A mutant, of Replicate's executor unless it is said. */
export const mutant = (
  what: string,
  how: Pick<Mutant, 'fetch' | 'wrap'>,
  noticedBy: string[],
  service: Mutant['on'] = 'replicate',
): Mutant => ({ what, on: service, ...how, noticedBy });

/** Snapshots changed on their way. */
export const seen =
  (change: (snapshot: JobSnapshot) => object): Wrap =>
  (part) => ({
    inspect: async (ref, ctx) => {
      const snapshot = await part.inspect(ref, ctx);
      return { ...snapshot, ...change(snapshot) };
    },
  });

/** What a method throws replaced. */
export const thrown =
  (method: Method, change: (error: ComfygenError) => unknown): Wrap =>
  (part) => ({
    [method]: (...args: never[]) =>
      (part[method] as (...all: never[]) => Promise<unknown>)(...args).catch((error: unknown) => {
        throw ComfygenError.is(error) ? change(error) : error;
      }),
  });

/** An error that says nothing. */
export const plain = () => new ComfygenError('EXECUTION_FAILED', 'it failed');

/** Every request as it is, but for what `change` makes of it. */
export const sent =
  (change: (request: Request) => Request | Promise<Request>): NonNullable<Mutant['fetch']> =>
  (send) =>
  async (input, init) =>
    send(await change(new Request(input, init)));
