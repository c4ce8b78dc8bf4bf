import { z } from 'zod';
import type {
  BriefParts,
  Downloaded,
  Inventory,
  JobEntry,
  JobRef,
  JobSnapshot,
  JsonObject,
  PartRef,
  RunRecord,
  Score,
  Selection,
  Warning,
  Workflow,
} from '../spec/index.ts';
import { isObject } from '../util/is-object.ts';
import { list } from '../util/list-schema.ts';
import { isBytes, plainCopy } from '../util/plain-copy.ts';
import { readAs, type StandardSchema } from '../util/read-as.ts';

// What parts, stores and callers hand over is theirs: it may be of another shape than its type says, and change later.
// Here it is read once, field by field, into values that only the run holds.

const object = <T>() =>
  z
    .custom<T>((value) => typeof value === 'object' && value !== null && !Array.isArray(value), {
      error: 'must be an object',
    })
    .transform((value) => plainCopy(value) as T);
const text = z.string();
/** Also NaN and infinite: whoever reads it says what is wrong. */
const number = z.custom<number>((value) => typeof value === 'number', {
  error: 'must be a number',
});
const numbers = z.record(text, number);
const range = z.tuple([number, number]);

const warning = z.object({
  code: text,
  message: text,
  level: z.enum(['asked-not-given', 'note']).optional().catch(undefined),
  part: object<PartRef>().optional(),
  details: z.unknown().transform(plainCopy).optional(),
});
const UNREADABLE: Warning = { code: 'warning-unread', message: 'It gave a warning that is none.' };

/** A warning as it is kept; one that is none is told as such. */
export function readWarning(value: unknown): Warning {
  try {
    return warning.parse(value);
  } catch {
    return UNREADABLE;
  }
}

const MOST_WARNINGS = 1_000;

/** Warnings never cost the answer that they come with. */
const warnings = z.unknown().transform((value): Warning[] => {
  if (value === undefined) return [];
  return Array.isArray(value) ? value.slice(0, MOST_WARNINGS).map(readWarning) : [UNREADABLE];
});

const lesson = z.object({ warnings });

const score: z.ZodType<Score> = z.object({
  value: number,
  raw: numbers,
  members: list(
    z.object({ name: text, version: text, value: number, weight: number, raw: numbers }),
  ).optional(),
  evidence: object<JsonObject>().optional(),
  warnings,
});

const places = list(z.object({ node: text, input: text, template: text.optional() }));

const selection: z.ZodType<Selection> = z.object({
  ranked: list(
    z.object({
      flowId: text,
      score: number.nullable(),
      interval: range.nullable(),
      probability: number,
      reason: text,
      // What is wrong with the graph costs this flow alone: the next of the ranking may be sound.
      workflow: z
        .unknown()
        .transform((graph) => plainCopy(graph) as Workflow | undefined)
        .optional(),
      slots: z
        .object({
          prompt: places,
          negative: places,
          seed: places,
          width: places,
          height: places,
          batchSize: places,
        })
        .optional(),
    }),
  ),
  labels: list(text),
  reason: text,
  gain: z.object({ over: text, mean: number, interval: range }).optional(),
  abstained: z.boolean().optional(),
  shortlist: z
    .object({ size: number, stopAt: number.nullable(), budgetMs: number.nullable() })
    .optional(),
  usage: object<NonNullable<Selection['usage']>>().optional(),
  evidence: object<JsonObject>().optional(),
  passedOver: list(text).optional(),
  warnings,
});

const ref: z.ZodType<JobRef> = z.object({
  executor: text,
  id: text,
  submittedAt: number,
  data: object<JsonObject>().optional(),
});

const state = z.enum([
  'queued',
  'running',
  'canceling',
  'succeeded',
  'failed',
  'canceled',
  'expired',
]);

const snapshot: z.ZodType<JobSnapshot> = z.object({
  state,
  rawState: z.unknown().transform((word) => (typeof word === 'string' ? word : 'unknown')),
  progress: z
    .object({
      fraction: number,
      node: text.optional(),
      classType: text.optional(),
      step: number.optional(),
      steps: number.optional(),
    })
    .optional()
    .catch(undefined),
  queuePosition: number.optional().catch(undefined),
  outputs: list(
    z.object({
      nodeId: text.nullable(),
      index: number,
      kind: z.enum(['image', 'video', 'audio', 'text', 'file']),
      fileName: text,
      mediaType: text.nullable(),
      ref: object<JsonObject>(),
    }),
  ),
  failure: z
    .object({
      code: text,
      message: text,
      retryable: z.boolean(),
      nodeId: text.optional(),
      classType: text.optional(),
      takenBack: z.boolean().optional(),
    })
    .optional(),
  timings: z
    .object({ queuedMs: number.optional(), runMs: number.optional() })
    .optional()
    .catch(undefined),
  cachedNodes: list(text).optional().catch(undefined),
  warnings,
});

const downloaded: z.ZodType<Downloaded> = z.object({
  bytes: z.custom<Uint8Array>(isBytes, { error: 'must be a Uint8Array' }),
  mediaType: text,
});

const parts: z.ZodType<BriefParts> = z.object({
  subjects: list(text),
  relation: z.enum(['left', 'right', 'above', 'below', 'beside']).nullable(),
  count: number,
  scene: text,
});

const section = z.looseObject({}).optional();
const inventory = z.looseObject({
  catalogue: z
    .record(
      text,
      z.looseObject({
        input: z.looseObject({ required: section, optional: section, hidden: section }).optional(),
      }),
    )
    .nullable(),
  models: z.record(text, list(text)),
  source: text,
});

const entry: z.ZodType<JobEntry> = z.object({
  ref,
  runId: text,
  planId: text,
  flowId: text,
  state,
});

const ANSWERS = { lesson, score, selection, ref, snapshot, downloaded, parts };
type Answers = {
  [K in keyof typeof ANSWERS]: (typeof ANSWERS)[K] extends z.ZodType<infer T> ? T : never;
};

/** What a part answered, as a value of this kind. @throws PART_FAILED naming each field that is wrong */
export function readAnswer<K extends keyof Answers>(
  kind: K,
  value: unknown,
  part: PartRef,
): Answers[K] {
  const what = `${part.role} ${part.name} failed: its ${kind === 'downloaded' ? 'file' : kind}`;
  const schema = ANSWERS[kind] as unknown as StandardSchema<Answers[K]>;
  return readAs(schema, value, { what, code: 'PART_FAILED', part });
}

function isClass(info: unknown): boolean {
  if (!isObject(info)) return false;
  const { input } = info;
  if (input === undefined) return true;
  const isSection = (part: unknown) => part === undefined || isObject(part);
  return (
    isObject(input) && [input['required'], input['optional'], input['hidden']].every(isSection)
  );
}

/** Catalogues are large, and parts keep them: each is looked through once, and not copied. */
const sound = new WeakSet<object>();

/** An executor's inventory, seen to be one. @throws PART_FAILED */
export function readInventory(value: Inventory, part: PartRef): Inventory {
  if (sound.has(Object(value))) return value;
  // A schema copies what it reads, which takes half a second of a large catalogue: it is for the words of what is wrong.
  const catalogue: unknown = value?.catalogue;
  const isSound = isObject(catalogue) && Object.values(catalogue).every(isClass);
  readAs(inventory, isSound ? { ...value, catalogue: {} } : value, {
    what: `executor ${part.name} failed: its inventory`,
    code: 'PART_FAILED',
    part,
  });
  sound.add(value);
  return value;
}

/** A job that was kept, as a caller or a store gives it. @throws INVALID_OPTIONS, INVALID_RECORD */
export function readEntry(value: unknown, from: 'caller' | 'store'): JobEntry {
  const code = from === 'caller' ? 'INVALID_OPTIONS' : 'INVALID_RECORD';
  return readAs(entry, value, { what: 'The job', code, noun: 'field' });
}

const record = z.looseObject({
  runId: text,
  images: list(z.looseObject({ hash: text })),
  feedback: list(z.looseObject({ value: number })),
});

/** A run's record, as a store gives it. @throws INVALID_RECORD */
export function readRecord(value: RunRecord): RunRecord {
  const as = { what: 'The record', code: 'INVALID_RECORD' } as const;
  return readAs(record as unknown as StandardSchema<RunRecord>, value, as);
}

const verdict = z.strictObject({
  value: z.number().min(0).max(1),
  imageHash: text.optional(),
  note: text.max(10_000).optional(),
});

/** A person's verdict on a run. @throws INVALID_OPTIONS */
export function readVerdict(value: unknown): z.infer<typeof verdict> {
  return readAs(verdict, value, { what: 'The verdict', code: 'INVALID_OPTIONS', noun: 'field' });
}
