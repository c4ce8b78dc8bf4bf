import { z } from 'zod';
import { ComfygenError } from '../../errors/comfygen-error.ts';
import { limitFields } from '../../library/check-limits.ts';
import { asksSize, type SizeWish } from '../../library/wanted-size.ts';
import type { Brief, Warning } from '../../spec/index.ts';
import { nearest } from '../../util/nearest.ts';
import { readAs } from '../../util/read-as.ts';
import { untilAborted } from '../../util/settle.ts';
import { namesIn } from '../../util/wrap.ts';
import { BRIEF_LIMITS } from '../brief-limits.ts';
import type { Settings } from '../options.ts';
import { readAnswer } from '../read-answers.ts';
import { type RunContext, wrapFailure } from '../run-context.ts';
import type { GenerateOptions } from '../types.ts';
import { readInputs } from './brief-inputs.ts';

const { promptLength, maxCount, minSide, maxSide, maxRatio, maxSeed } = BRIEF_LIMITS;

// A lone surrogate is half a character: it can't be sent as UTF-8 and would be silently replaced.
const text = z
  .string()
  .max(promptLength, `must have at most ${promptLength.toLocaleString('en')} characters`)
  .refine((words) => words.isWellFormed(), 'must be well-formed Unicode: it has half a character');
const side = z.int().min(minSide).max(maxSide).optional();

const fields = z.object({
  prompt: text.trim().min(1, 'must be a text that is not empty'),
  negative: text.optional(),
  seed: z.unknown().transform(readSeed).optional(),
  width: side,
  height: side,
  aspectRatio: z.unknown().transform(readRatio).optional(),
  longestSide: side,
  exactSize: z.boolean().optional(),
  inputs: z.unknown().transform(readInputs).optional(),
  count: z.int().min(1).max(maxCount).optional(),
  index: z
    .int()
    .min(0)
    .max(maxCount - 1)
    .optional(),
  strength: z.number().min(0).max(1).optional(),
  limits: limitFields.default({}),
  strictLimits: z.boolean().optional(),
  options: z.record(z.string(), z.unknown()).default({}).transform(copyJson),
});

/**
 * A brief from what a caller wrote, checked before anything else happens. Without a seed one is drawn, with
 * a `seed-drawn` warning that says which, so that the picture can be made again.
 *
 * @throws INVALID_BRIEF naming each wrong field, the received value and what is allowed.
 */
export function createBrief(
  prompt: string,
  options: GenerateOptions,
  warn: (warning: Warning) => void,
): Brief {
  const given = { ...options, prompt };
  const brief = readAs(fields, given, { what: 'The brief', code: 'INVALID_BRIEF' });
  const { negative, width, height, count, index, seed = drawSeed(warn) } = brief;
  if (index !== undefined && count !== undefined && index >= count) {
    const message = `The brief: index must be below the count of ${count}; got ${index}.`;
    throw new ComfygenError('INVALID_BRIEF', message, { details: { fields: ['index'] } });
  }
  refuseOddSize(brief);
  return { ...brief, negative, width, height, count, index, seed, parts: undefined };
}

/** Refuses sizes that contradict each other. @throws INVALID_BRIEF */
function refuseOddSize(brief: Partial<SizeWish>): void {
  const { width, height, aspectRatio, longestSide, exactSize } = brief;
  const refuse = (message: string, ...fields: string[]) => {
    throw new ComfygenError('INVALID_BRIEF', `The brief: ${message}.`, { details: { fields } });
  };
  if (longestSide !== undefined && (width !== undefined || height !== undefined))
    refuse('longestSide says what width or height says otherwise; give one of them', 'longestSide');
  if (aspectRatio !== undefined && width !== undefined && height !== undefined) {
    const { width: across, height: down } = aspectRatio;
    const isSame = width * down === height * across;
    if (!isSame)
      refuse(
        `aspectRatio ${across}:${down} contradicts ${width} × ${height}; give one of them`,
        'aspectRatio',
      );
  }
  if (exactSize && !asksSize(brief))
    refuse('exactSize needs a size: width and height, aspectRatio or longestSide', 'exactSize');
}

/**
 * Refuses options for a part that isn't plugged in, and those that a part says not to read: they would be passed by
 * without a word.
 *
 * @throws INVALID_BRIEF naming them, and what there is in their place.
 */
export function refuseUnknownParts({ options }: Brief, settings: Settings): void {
  const { selector, scorer, executors } = settings;
  const parts = [selector, ...executors, scorer].filter((part) => part !== undefined);
  const known = [...new Set(parts.flatMap(namesIn))];
  const read = Object.fromEntries(
    parts.flatMap(({ runOptions = {} }) => Object.entries(runOptions)),
  );
  for (const [name, given] of Object.entries(options)) {
    if (!known.includes(name)) refuseOption('options names no part', [name], known);
    const taken = Object.hasOwn(read, name) ? read[name] : undefined;
    const strange = Object.keys(Object(given)).find((key) => taken && !taken.includes(key));
    if (taken && strange !== undefined)
      refuseOption(`options.${name} has no option`, [name, strange], taken);
  }
}

function refuseOption(what: string, path: readonly string[], known: readonly string[]): never {
  const word = path.at(-1)!;
  const near = nearest(word, known);
  const meant = near === undefined ? '' : ` Did you mean ${near}?`;
  const there = known.length === 0 ? 'it takes none' : `here are ${known.join(', ')}`;
  const message = `The brief: ${what} ${JSON.stringify(word)}; ${there}.${meant}`;
  const details = { fields: [['options', ...path].join('.')] };
  throw new ComfygenError('INVALID_BRIEF', message, { details });
}

/** The brief with its prompt split into parts, by the host's reader or the English one. */
export async function readParts(
  { reader }: Settings,
  brief: Brief,
  { call }: RunContext,
): Promise<Brief> {
  const part = { role: 'reader', name: 'prompt-parts' } as const;
  try {
    const parts = await untilAborted(call.signal, async () => reader(brief.prompt));
    return { ...brief, parts: readAnswer('parts', parts, part) };
  } catch (error) {
    throw wrapFailure(error, part, call.signal);
  }
}

type Issues = z.core.$RefinementCtx<unknown>;

/** A `number` where it is exact, else a `bigint`. */
function readSeed(seed: unknown, issues: Issues): number | bigint {
  if (typeof seed === 'bigint' && seed >= 0n && seed <= maxSeed)
    return seed <= Number.MAX_SAFE_INTEGER ? Number(seed) : seed;
  // −0 would be another seed in JSON than in a hash.
  if (typeof seed === 'number' && Number.isSafeInteger(seed) && seed >= 0) return seed + 0;
  const inexact = typeof seed === 'number' && Number.isInteger(seed) && seed > 0;
  issues.addIssue(
    inexact
      ? 'must be a bigint above 2^53 − 1, since a number is inexact there'
      : 'must be a whole number from 0 to 2^64 − 1',
  );
  return z.NEVER;
}

/** `16:9` in two numbers. */
function readRatio(ratio: unknown, issues: Issues): Brief['aspectRatio'] {
  const parts =
    typeof ratio === 'string'
      ? /^(\d{1,5}(?:\.\d{1,4})?):(\d{1,5}(?:\.\d{1,4})?)$/.exec(ratio)
      : null;
  const [width, height] = [Number(parts?.[1]), Number(parts?.[2])];
  if (width > 0 && height > 0 && Math.max(width / height, height / width) <= maxRatio)
    return { width, height };
  issues.addIssue(
    `must be a ratio of width to height from 1:${maxRatio} to ${maxRatio}:1, as in '16:9'`,
  );
  return z.NEVER;
}

/** A copy that shares nothing with the caller. */
function copyJson(options: unknown, issues: Issues): Brief['options'] {
  try {
    return JSON.parse(JSON.stringify(options));
  } catch {
    issues.addIssue('must be plain JSON');
    return z.NEVER;
  }
}

/** Of 32 bits: more is too much for many a sampler of a node pack, and no help to anybody. */
function drawSeed(warn: (warning: Warning) => void): number {
  const [seed = 0] = globalThis.crypto.getRandomValues(new Uint32Array(1));
  warn({
    code: 'seed-drawn',
    message: `No seed was given; ${seed} was drawn.`,
    details: { seed },
  });
  return seed;
}
