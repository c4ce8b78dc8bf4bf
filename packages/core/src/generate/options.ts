import { z } from 'zod';
import { ComfygenError, ofRun } from '../errors/comfygen-error.ts';
import type {
  Clock,
  ExecutorV1,
  Flow,
  ImageCache,
  JobStore,
  Log,
  PartRole,
  PromptReader,
  RecordStore,
  ScorerV1,
  SelectorV1,
} from '../spec/index.ts';
import { memoryJobStore, memoryRecordStore } from '../stores/memory-stores.ts';
import { atBorder } from '../util/at-border.ts';
import { silentLog } from '../util/call-context.ts';
import { systemClock } from '../util/clock.ts';
import { isObject } from '../util/is-object.ts';
import { list } from '../util/list-schema.ts';
import { readAs } from '../util/read-as.ts';
import type { SafetyPolicy } from '../workflow/policy/policy.ts';
import { policyFields } from '../workflow/policy/policy-fields.ts';
import type { Timeouts } from './run-context.ts';
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
  cache: ImageCache | undefined;
  slots: Semaphore;
  /** How many jobs may run at once now. */
  concurrency(): number;
  maxRetries: number;
  timeouts: Timeouts;
  policy: SafetyPolicy | undefined;
  clock: Clock;
  log: Log;
}

/** Looked at one by one below. */
const passed = z.unknown().optional();

/** An object with these methods, as far as can be seen from outside. */
const having = (...methods: string[]) =>
  z
    .custom<Record<string, unknown>>(
      (value) =>
        typeof value === 'object' &&
        value !== null &&
        methods.every((name) => typeof (value as Record<string, unknown>)[name] === 'function'),
      { error: `must be an object with ${methods.join(', ')}` },
    )
    .optional();
const callable = z
  .custom<(...args: never[]) => unknown>((value) => typeof value === 'function', {
    error: 'must be a function',
  })
  .optional();
const limit = (ms: number) =>
  z
    .number()
    .positive()
    .max(2 ** 31 - 1)
    .default(ms);

const hostOptions = z.strictObject({
  flows: list(z.unknown(), 1_000_000, 'must be an array; did you forget to await loadFlows()?'),
  selector: passed,
  executor: passed,
  scorer: passed,
  reader: callable,
  records: having('append', 'get', 'list'),
  jobs: having('put', 'get', 'list', 'delete'),
  cache: having('get', 'set'),
  concurrency: z.int().min(1).max(1_000).optional(),
  maxRetries: z.int().min(0).max(10).default(2),
  timeouts: z
    .strictObject({
      imageMs: limit(60_000),
      scoreMs: limit(60_000),
      storeMs: limit(10_000),
      learnMs: limit(10_000),
    } satisfies Record<keyof Timeouts, z.ZodType>)
    .prefault({}),
  policy: policyFields.optional(),
  clock: having('now', 'sleep'),
  log: having('debug', 'info', 'warn'),
} satisfies Record<keyof ComfyGenOptions, z.ZodType>);

// Many runs need no parts: the grammar is loaded by the first that does.
const readEnglish: PromptReader = async (prompt) =>
  (await import('../brief/split-prompt.ts')).splitPrompt(prompt);

/** A host’s options as its runs use them. @throws INVALID_OPTIONS, INVALID_PART, UNSUPPORTED_SPEC */
export function resolveOptions(options: ComfyGenOptions): Settings {
  const as = { what: 'createComfyGen', code: 'INVALID_OPTIONS' } as const;
  const read = readAs(hostOptions, options, as);
  return atBorder('INVALID_OPTIONS', as.what, () => toSettings(read as unknown as ReadOptions));
}

type ReadOptions = ComfyGenOptions & { timeouts: Timeouts; maxRetries: number };

function toSettings(options: ReadOptions): Settings {
  const { executor, concurrency, maxRetries, timeouts, policy } = options;
  const flows = options.flows.map(requireFlow);
  const twice = flows.find((flow, index) => flows.findIndex(({ id }) => id === flow.id) !== index);
  if (twice)
    throw new ComfygenError('INVALID_OPTIONS', `Two flows have the id "${twice.id}".`, {
      details: { flow: twice.id },
    });
  const executors = (Array.isArray(executor) ? executor : [executor]) as readonly ExecutorV1[];
  if (executors.length === 0 || executors.length > MOST_EXECUTORS) {
    const message = `executor must name at least one executor, and at most ${MOST_EXECUTORS}.`;
    throw new ComfygenError('INVALID_OPTIONS', message);
  }
  const parts = executors.map((part) => resolvePart(part, 'executor'));
  // A pool may get members later.
  const concurrencyNow = () => concurrency ?? Math.max(1, ...parts.map(jobsAtOnce));
  return {
    flows,
    selector: options.selector && resolvePart(options.selector, 'selector'),
    executors: parts,
    scorer: options.scorer && resolvePart(options.scorer, 'scorer'),
    reader: options.reader ?? readEnglish,
    records: options.records ?? memoryRecordStore(),
    jobs: options.jobs ?? memoryJobStore(),
    cache: options.cache,
    slots: createSemaphore(concurrencyNow),
    concurrency: concurrencyNow,
    maxRetries,
    timeouts,
    policy,
    clock: options.clock ?? systemClock,
    log: options.log ? quietly(options.log) : silentLog,
  };
}

const refs = list(z.looseObject({ node: z.string(), input: z.string() }));
/** What a flow consists of, whoever made it: enough to read it, and for a server's own words no more. */
const flowShape = z.looseObject({
  id: z.string().min(1),
  workflow: z.record(
    z.string(),
    z.looseObject({ class_type: z.string(), inputs: z.record(z.string(), z.unknown()) }),
  ),
  slots: z.looseObject({
    ...{ prompt: refs, negative: refs, seed: refs, width: refs, height: refs, batchSize: refs },
    pictures: z.record(z.string(), refs).optional(),
    strength: refs.optional(),
    inputs: z.record(z.string(), refs).optional(),
  }),
  components: z.record(z.string(), list(z.unknown())),
  tags: list(z.string()),
  models: list(z.looseObject({ file: z.string() })),
  classes: list(z.string()),
  needs: z.looseObject({}),
  defaults: z.looseObject({}),
  cost: z.looseObject({}),
});
const sound = new WeakSet<object>();

/** The flow itself, seen to be one: once, since a library may serve many hosts. */
function requireFlow(flow: Flow, index: number): Flow {
  if (sound.has(Object(flow))) return flow;
  readAs(flowShape, flow, {
    what: `createComfyGen: flows[${index}]`,
    code: 'INVALID_OPTIONS',
    noun: 'field',
  });
  sound.add(flow);
  return flow;
}

/** How many jobs an executor says that it can work on now; 1 where it says nothing that makes sense. */
export function jobsAtOnce(executor: ExecutorV1): number {
  try {
    const said: unknown = executor.jobsAtOnce?.();
    return typeof said === 'number' && said >= 1 ? Math.floor(said) : 1;
  } catch {
    return 1;
  }
}

/** A log that fails is no reason for a run to. */
function quietly(log: Log): Log {
  const say = (level: keyof Log) => (message: string, fields?: Record<string, unknown>) => {
    try {
      log[level](message, fields);
    } catch {
      // There is nobody left to tell.
    }
  };
  return { debug: say('debug'), info: say('info'), warn: say('warn') };
}

const MOST_EXECUTORS = 1_000;
const SUPPORTED = ['v1'];

/** What a part of each role must have besides `spec`, `role` and `name`. */
const REQUIRED: Record<PartRole, { methods: string[]; fields: string[] }> = {
  selector: { methods: ['select'], fields: ['supports'] },
  executor: { methods: ['submit', 'inspect', 'download'], fields: ['supports'] },
  scorer: { methods: ['score'], fields: ['supports', 'range', 'version'] },
};

/** The part itself, once it is seen to follow a contract that this version of core knows. */
function resolvePart<T extends Part>(part: T, role: T['role']): T {
  return atBorder('INVALID_PART', `The ${role}`, () => checkPart(part, role));
}

type Part = SelectorV1 | ExecutorV1 | ScorerV1;

function checkPart<T extends Part>(part: T, role: T['role']): T {
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
  const wrong = [
    !isObject(given['supports']) && 'supports that is an object',
    role === 'scorer' && !isRange(given['range']) && 'a range of two numbers',
    given['inner'] !== undefined && !isNames(given['inner']) && 'inner that is a list of names',
  ].filter((one) => one !== false);
  if (missing.length === 0) missing.push(...wrong);
  if (missing.length === 0) return part;
  throw new ComfygenError('INVALID_PART', `${role} ${name} lacks ${missing.join(', ')}.`, {
    part: { role, name },
    details: { missing },
  });
}

const isNames = (value: unknown) =>
  Array.isArray(value) &&
  value.length <= MOST_EXECUTORS &&
  value.every((name) => typeof name === 'string');

const isRange = (value: unknown) =>
  Array.isArray(value) && value.length === 2 && Number(value[0]) < Number(value[1]);

/** Left to the stage that reads it: what a caller wants of the picture is checked with the brief. */
const ofBrief = z.unknown().optional();

const RUN_ID = /^[A-Za-z0-9._-]{1,100}$/;

const callOptions = z.strictObject({
  seed: ofBrief,
  count: ofBrief,
  index: ofBrief,
  width: ofBrief,
  height: ofBrief,
  aspectRatio: ofBrief,
  longestSide: ofBrief,
  exactSize: ofBrief,
  inputs: ofBrief,
  negative: ofBrief,
  images: ofBrief,
  mask: ofBrief,
  strength: ofBrief,
  limits: ofBrief,
  strictLimits: ofBrief,
  options: ofBrief,
  flow: z.string().optional(),
  choiceSeed: z
    .int()
    .min(0)
    .max(2 ** 32 - 1)
    .optional(),
  onImage: callable,
  runId: z
    .string()
    .regex(RUN_ID, { error: 'must be 1 to 100 letters, digits, -, _ and .' })
    .optional(),
  onEvent: callable,
  signal: z.instanceof(AbortSignal, { error: 'must be an AbortSignal' }).optional(),
  timeoutMs: z.number().positive().optional(),
} satisfies Record<keyof GenerateOptions, z.ZodType>);

/** The options of a call, read once: what its giver changes later changes nothing. @throws INVALID_OPTIONS */
export function readCallOptions(options: unknown): GenerateOptions {
  const as = { what: 'A call of comfygen', code: 'INVALID_OPTIONS' } as const;
  try {
    return readAs(callOptions, options, as) as GenerateOptions;
  } catch (error) {
    throw ofRun(error as ComfygenError, idIn(options));
  }
}

/** The id of a run whose other options can't be read; empty where that can't be either. */
function idIn(options: unknown): string {
  try {
    const runId: unknown = Object(options).runId;
    return typeof runId === 'string' && RUN_ID.test(runId) ? runId : '';
  } catch {
    return '';
  }
}

/** A signal that aborts with any of them. @throws INVALID_OPTIONS where one only looks like a signal */
export function joinSignals(...given: (AbortSignal | undefined)[]): AbortSignal {
  const signals = given.filter((signal) => signal !== undefined);
  if (signals.length === 1) return signals[0]!;
  return atBorder('INVALID_OPTIONS', 'signal', () => AbortSignal.any(signals));
}
