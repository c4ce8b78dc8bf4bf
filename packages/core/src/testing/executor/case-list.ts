import type { ExecutorSupports, ExecutorV1 } from '../../spec/index.ts';

/** Methods that an executor may have. */
export const OPTIONAL_METHODS = [
  'watch',
  'cancel',
  'upload',
  'inventory',
  'parseWebhook',
  'dispose',
] as const satisfies readonly (keyof ExecutorV1)[];

type Method = (typeof OPTIONAL_METHODS)[number];

/** What an executor must declare in `supports`, or a method that it must have, for a case to apply. */
export type Need = keyof ExecutorSupports | Method;

/** One of the 46 promises that the suite holds an executor to. */
export interface Promised {
  number: number;
  theme: string;
  /** What is promised, in a few words. */
  promise: string;
}

const THEMES: [theme: string, promises: string[]][] = [
  [
    'life of a job',
    [
      'queued, running, succeeded; the bytes are those of the backend',
      'a job that is over at the first look',
      'states in between that nobody saw',
      'a state word that nobody knows goes on as running',
      'state words in another letter case',
      'events: states go forward, one final state, nothing after it',
      'another process goes on from the reference as JSON',
      'two jobs in flight stay apart',
      'an ended job says the same each time',
    ],
  ],
  [
    'submit',
    [
      'the key is in each request to the service',
      'the graph arrives as it is, and the plan stays as it was',
      'the editor’s format is refused before any request',
      'each status has its code; what the service said is kept',
      'a 429 is waited for as long as it says, and not for ever',
      'a connection that breaks after the job was taken makes no second job',
      'a 5xx makes no second job',
      'error bodies that are empty or no JSON',
      'a slow accept is borne',
      'a submit that is sent again has the same idempotency key',
    ],
  ],
  [
    'polling and time',
    [
      'looks that fail for a while are survived; beyond it the run ends',
      'a job that the backend does not know is lost or expired',
      'a run out of time leaves a reference that tells what became of it',
      'an abort stops a submit, a look, a pause and a download at once',
      'looks grow rare',
      'time is the clock’s; no timer is left',
    ],
  ],
  [
    'outputs',
    [
      'no key goes to another origin',
      'files of several nodes and batches, each with its node, in their order',
      'success without a file is OUTPUT_MISSING',
      'a file that is gone is OUTPUT_EXPIRED',
      'a download that fails is made again',
      'half a file and a login page are errors',
      'previews are left out where there is something else',
      'an output of another shape is a failure',
      'files of other kinds are told',
      'a file above the limit is not read',
      'no file name is a path',
    ],
  ],
  [
    'failures',
    [
      'the code and the node of what is missing or fails',
      'faults of the host may be tried again, those of the graph not',
      'partial success keeps its images and says what is lost',
    ],
  ],
  ['seeds', ['the seed of the graph is the seed that runs; the bytes are not touched']],
  ['cancel', ['in the queue, while it runs, after the end, twice, in a race with the end']],
  ['progress', ['never falls, stays within 0 to 1; events that break fall back to looks']],
  ['webhooks', ['signed calls are verified; unsigned ones only say where to look']],
  ['hygiene', ['no secret in an error, a log, a reference, an event', 'what is declared is there']],
  ['pictures', ['a picture reaches the graph as it is; who can’t store one is given none']],
];

/** The 46, in their order. */
export const PROMISES: readonly Promised[] = THEMES.flatMap(([theme, promises]) =>
  promises.map((promise) => ({ theme, promise })),
).map((promised, at) => ({ number: at + 1, ...promised }));

/** The first thing that a case needs and the executor does not have, as a reason to leave the case out. */
export function missingNeed(executor: ExecutorV1, needs: readonly Need[]): string | undefined {
  const missing = needs.find((need) =>
    isMethod(need) ? !executor[need] : executor.supports[need] !== true,
  );
  if (missing === undefined) return undefined;
  return isMethod(missing) ? `it has no ${missing}()` : `supports.${missing} is false`;
}

function isMethod(need: Need): need is Method {
  return OPTIONAL_METHODS.some((method) => method === need);
}

/** Whom a promise holds for, as docs/write-an-executor.md has it: `all`, then what adds cases to it. */
export function appliesTo(
  number: number,
  cases: readonly { proves: number; needs?: readonly Need[] }[],
): string {
  const own = cases.filter(({ proves }) => proves === number).map(({ needs = [] }) => needs);
  const words = own.map((needs) => needs.map((need) => `\`${need}\``).join(' + ') || 'all');
  return [...new Set(words)].sort((one, other) => one.length - other.length).join(', ');
}
