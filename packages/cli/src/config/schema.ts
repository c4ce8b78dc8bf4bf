import {
  BRIEF_LIMITS,
  type ExecutorV1,
  type Flow,
  type PartRole,
  type ScorerV1,
  type SelectorV1,
} from 'comfygen';
import { isObject } from 'comfygen/plugin';
import { z } from 'zod';
import { SHORTLIST, toSeed } from '../input/parse-values.ts';

/** A part given as an object; only its manifest is checked here, core checks the rest. */
function part<T>(role: PartRole) {
  return z.custom<T>((value) => isObject(value) && value['role'] === role, {
    error: `must be a name, or a ${role} object with role: '${role}'`,
  });
}

const name = z.string().min(1);
const flow = z.custom<Flow>((value) => isObject(value) && isObject(value['workflow']), {
  error: 'must be a path, an address, or a flow object with a workflow',
});
const seed = z.unknown().transform((value, ctx) => {
  const digits = Number.isSafeInteger(value) || typeof value !== 'number' ? String(value) : '';
  const result = toSeed(digits);
  if (result !== undefined) return result;
  ctx.addIssue('must be a whole number from 0 to 2^64 − 1; above 2^53 − 1 write it as a string');
  return z.NEVER;
});
const side = z.int().min(BRIEF_LIMITS.minSide).max(BRIEF_LIMITS.maxSide);
const oneOrMore = <T extends z.ZodType>(item: T) =>
  z.union([item.transform((value) => [value]), z.array(item).min(1)]);

/** What a config file may say. Unknown keys are errors. Paths are relative to the file. */
export const configSchema = z.strictObject({
  $schema: z.string().optional(),
  flows: oneOrMore(z.union([name, flow])).optional(),
  /** Only these flows, without the library that comes with comfygen. */
  only: z.boolean().optional(),
  executor: z.union([name, part<ExecutorV1>('executor')]).optional(),
  /** Options of an executor that is given by its name. */
  executorOptions: z.record(z.string(), z.unknown()).optional(),
  /** The executor's server; several are a pool. */
  url: oneOrMore(name).optional(),
  selector: z.union([name, part<SelectorV1>('selector')]).optional(),
  /** Options of a selector that is given by its name. */
  selectorOptions: z.record(z.string(), z.unknown()).optional(),
  /** What selectors choose by: a score table, a learned model, a language model. */
  scores: name.optional(),
  model: name.optional(),
  llm: name.optional(),
  /** Runs so many flows of the ranking and takes the best picture. */
  shortlist: z.int().min(SHORTLIST.least).max(SHORTLIST.most).optional(),
  scorer: oneOrMore(z.union([name, part<ScorerV1>('scorer')])).optional(),
  out: name.optional(),
  records: name.optional(),
  jobs: z.union([name, z.literal(false)]).optional(),
  /** Gives the same picture for the same brief and seed: `true`, or the folder where they are kept. */
  cache: z.union([name, z.boolean()]).optional(),
  seed: seed.optional(),
  count: z.int().min(1).max(BRIEF_LIMITS.maxCount).optional(),
  width: side.optional(),
  height: side.optional(),
  negative: z.string().optional(),
  timeoutMs: z.int().min(1).optional(),
  strict: z.boolean().optional(),
  preview: z.boolean().optional(),
});

/** A config file's content, checked. */
export type Config = z.infer<typeof configSchema>;

/** The keys that a config file may have, for the error about one that it may not. */
export const configKeys = Object.keys(configSchema.shape);
