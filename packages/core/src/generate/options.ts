import { z } from 'zod';
import { ComfygenError } from '../errors/comfygen-error.ts';
import type {
  Clock,
  ExecutorV1,
  Flow,
  JobStore,
  Log,
  PartRole,
  PromptReader,
  RecordStore,
  ScorerV1,
  SelectorV1,
} from '../spec/index.ts';
import { memoryJobStore, memoryRecordStore } from '../stores/memory-stores.ts';
import { silentLog } from '../util/call-context.ts';
import { systemClock } from '../util/clock.ts';
import { readAs } from '../util/read-as.ts';
import type { SafetyPolicy } from '../workflow/policy/policy.ts';
import { createSemaphore, type Semaphore } from './semaphore.ts';
import type { ComfyGenOptions, GenerateOptions } from './types.ts';

/** A host's options, checked and with defaults. */
export interface Settings {
  flows: readonly Flow[];
  selector: SelectorV1 | undefined;
  executors: readonly ExecutorV1[];
  scorer: ScorerV1 | undefined;
  reader: PromptReader;
  records: RecordStore;
  jobs: JobStore;
  slots: Semaphore;
  /** How many jobs may run at once now. */
  concurrency(): number;
  maxRetries: number;
  policy: SafetyPolicy | undefined;
  clock: Clock;
  log: Log;
}

/** Parts are looked at one by one, and flows are made by `defineFlow`: here only what surrounds them is. */
const passed = z.unknown().optional();

const hostOptions = z.strictObject({
  flows: z.array(passed, { error: 'must be an array; did you forget to await loadFlows()?' }),
  selector: passed,
  executor: passed,
  scorer: passed,
  reader: z
    .custom((value) => typeof value === 'function', { error: 'must be a function of the prompt' })
    .optional(),
  records: passed,
  jobs: passed,
  concurrency: z.int().min(1).max(1_000).optional(),
  maxRetries: z.int().min(0).max(10).default(2),
  policy: passed,
  clock: passed,
  log: passed,
} satisfies Record<keyof ComfyGenOptions, z.ZodType>);

// Many runs need no parts: the grammar is loaded by the first that does.
const readEnglish: PromptReader = async (prompt) =>
  (await import('../brief/split-prompt.ts')).splitPrompt(prompt);

/** A host’s options as its runs use them. @throws INVALID_OPTIONS, INVALID_PART, UNSUPPORTED_SPEC */
export function resolveOptions(options: ComfyGenOptions): Settings {
  const as = { what: 'createComfyGen', code: 'INVALID_OPTIONS' } as const;
  const { concurrency, maxRetries } = readAs(hostOptions, options, as);
  const { flows, executor } = options;
  const twice = flows.find((flow, index) => flows.findIndex(({ id }) => id === flow.id) !== index);
  if (twice)
    throw new ComfygenError('INVALID_OPTIONS', `Two flows have the id "${twice.id}".`, {
      details: { flow: twice.id },
    });
  const executors = (Array.isArray(executor) ? executor : [executor]) as readonly ExecutorV1[];
  if (executors.length === 0)
    throw new ComfygenError('INVALID_OPTIONS', 'executor must name at least one executor.');
  const parts = executors.map((part) => resolvePart(part, 'executor'));
  // A pool may get members later.
  const concurrencyNow = () =>
    concurrency ?? Math.max(1, ...parts.map((part) => part.jobsAtOnce?.() ?? 1));
  return {
    flows: [...flows],
    selector: options.selector && resolvePart(options.selector, 'selector'),
    executors: parts,
    scorer: options.scorer && resolvePart(options.scorer, 'scorer'),
    reader: options.reader ?? readEnglish,
    records: options.records ?? memoryRecordStore(),
    jobs: options.jobs ?? memoryJobStore(),
    slots: createSemaphore(concurrencyNow),
    concurrency: concurrencyNow,
    maxRetries,
    policy: options.policy,
    clock: options.clock ?? systemClock,
    log: options.log ?? silentLog,
  };
}

const SUPPORTED = ['v1'];

/** What a part of each role must have besides `spec`, `role` and `name`. */
const REQUIRED: Record<PartRole, { methods: string[]; fields: string[] }> = {
  selector: { methods: ['select'], fields: ['supports'] },
  executor: { methods: ['submit', 'inspect', 'download'], fields: ['supports'] },
  scorer: { methods: ['score'], fields: ['supports', 'range', 'version'] },
};

/** The part itself, once it is seen to follow a contract that this version of core knows. */
function resolvePart<T extends SelectorV1 | ExecutorV1 | ScorerV1>(part: T, role: T['role']): T {
  const given = part as unknown as Record<string, unknown> | null | undefined;
  if (typeof given !== 'object' || given === null) {
    throw new ComfygenError(
      'INVALID_PART',
      `The ${role} must be a part object; got ${given === null ? 'null' : typeof given}.`,
    );
  }
  const name =
    typeof given['name'] === 'string' && given['name'] !== '' ? given['name'] : undefined;
  if (given['role'] !== role || name === undefined) {
    throw new ComfygenError(
      'INVALID_PART',
      `The ${role} must be a part with role "${role}" and a name; got role ${JSON.stringify(given['role'])}, name ${JSON.stringify(given['name'])}.`,
    );
  }
  if (!SUPPORTED.includes(String(given['spec']))) {
    throw new ComfygenError(
      'UNSUPPORTED_SPEC',
      `${role} ${name} follows spec ${JSON.stringify(given['spec'])}; this comfygen knows ${SUPPORTED.join(', ')}.`,
      {
        part: { role, name },
        details: { got: given['spec'], supported: SUPPORTED },
      },
    );
  }
  const { methods, fields } = REQUIRED[role];
  const missing = [
    ...methods
      .filter((method) => typeof given[method] !== 'function')
      .map((method) => `${method}()`),
    ...fields.filter((field) => given[field] === undefined),
  ];
  if (missing.length === 0) return part;
  throw new ComfygenError('INVALID_PART', `${role} ${name} lacks ${missing.join(', ')}.`, {
    part: { role, name },
    details: { missing },
  });
}

/** Left to the stage that reads it: what a caller wants of the picture is checked with the brief. */
const ofBrief = z.unknown().optional();

const callOptions = z.strictObject({
  seed: ofBrief,
  count: ofBrief,
  index: ofBrief,
  width: ofBrief,
  height: ofBrief,
  negative: ofBrief,
  limits: ofBrief,
  options: ofBrief,
  flow: z.string().optional(),
  choiceSeed: z
    .int()
    .min(0)
    .max(2 ** 32 - 1)
    .optional(),
  signal: z.instanceof(AbortSignal, { error: 'must be an AbortSignal' }).optional(),
  timeoutMs: z.number().positive().optional(),
} satisfies Record<keyof GenerateOptions, z.ZodType>);

/** Refuses what is no options object of a call. @throws INVALID_OPTIONS */
export function checkCallOptions(options: unknown): void {
  readAs(callOptions, options, { what: 'A call of comfygen', code: 'INVALID_OPTIONS' });
}
