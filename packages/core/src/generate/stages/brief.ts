import { ComfygenError } from '../../errors/comfygen-error.ts';
import type { Brief, Limits, Warning } from '../../spec/index.ts';
import { BRIEF_LIMITS } from '../brief-limits.ts';
import type { Settings } from '../resolve-options.ts';
import { type RunContext, settleBy, wrapFailure } from '../run-context.ts';
import type { GenerateOptions } from '../types.ts';

const { promptLength, count: maxCount, minSide, maxSide, maxSeed } = BRIEF_LIMITS;
const LIMITS = ['maxCost', 'maxDurationMs', 'maxVramGb', 'commercialUse'];

/**
 * A brief from what a caller wrote, checked before anything else happens. Without a seed one is drawn, with
 * a `seed-drawn` warning that says which, so that the picture can be made again.
 *
 * @throws INVALID_BRIEF naming the field, the received value and what is allowed.
 */
export function createBrief(
  prompt: string,
  options: GenerateOptions,
  warn: (warning: Warning) => void,
): Brief {
  const count = options.count ?? 1;
  if (!Number.isInteger(count) || count < 1 || count > maxCount) {
    throw refuse('count', count, `a whole number from 1 to ${maxCount}`);
  }
  const text = checkText('prompt', prompt).trim();
  if (text === '') throw refuse('prompt', prompt, 'a text that is not empty');
  const seed = options.seed === undefined ? drawSeed(warn) : checkSeed(options.seed);
  return {
    prompt: text,
    negative: options.negative === undefined ? undefined : checkText('negative', options.negative),
    seed,
    width: checkSide('width', options.width),
    height: checkSide('height', options.height),
    count,
    parts: undefined,
    limits: checkLimits(options.limits),
    options: copyOptions(options.options ?? {}),
  };
}

/** The brief with its prompt split into parts, by the host's reader or the English one. */
export async function readParts(
  { reader }: Settings,
  brief: Brief,
  { call }: RunContext,
): Promise<Brief> {
  try {
    return { ...brief, parts: await settleBy(call.signal, async () => reader(brief.prompt)) };
  } catch (error) {
    throw wrapFailure(error, { role: 'reader', name: 'prompt-parts' }, call.signal);
  }
}

function checkText(field: string, text: unknown): string {
  if (typeof text !== 'string') throw refuse(field, typeof text, 'a string');
  if (text.length > promptLength)
    throw refuse(
      field,
      `${text.length} characters`,
      `at most ${promptLength.toLocaleString('en')} characters`,
    );
  // A lone surrogate is half a character: it can't be sent as UTF-8 and would be silently replaced.
  if (!text.isWellFormed())
    throw refuse(field, 'a broken character (lone surrogate)', 'well-formed Unicode');
  return text;
}

function checkSeed(seed: unknown): number | bigint {
  if (typeof seed === 'bigint') {
    if (seed < 0n || seed > maxSeed) throw refuse('seed', seed, '0 to 2^64 − 1');
    return seed <= Number.MAX_SAFE_INTEGER ? Number(seed) : seed;
  }
  if (typeof seed !== 'number' || !Number.isInteger(seed) || seed < 0)
    throw refuse('seed', seed, 'a whole number from 0 to 2^64 − 1');
  if (!Number.isSafeInteger(seed))
    throw refuse('seed', seed, 'a bigint above 2^53 − 1, since a number is inexact there');
  return seed + 0; // −0 would be another seed in JSON than in a hash
}

function checkSide(field: 'width' | 'height', side: number | undefined): number | undefined {
  if (side === undefined) return undefined;
  if (!Number.isInteger(side) || side < minSide || side > maxSide)
    throw refuse(field, side, `${minSide} to ${maxSide} pixels`);
  return side;
}

function checkLimits(limits: GenerateOptions['limits'] = {}): Limits {
  if (typeof limits !== 'object' || limits === null) throw refuse('limits', limits, 'an object');
  const { commercialUse, ...numbers } = limits;
  if (commercialUse !== undefined && typeof commercialUse !== 'boolean')
    throw refuse('limits.commercialUse', commercialUse, 'true or false');
  for (const [name, value] of Object.entries(numbers)) {
    if (!LIMITS.includes(name))
      throw refuse(`limits.${name}`, value, `one of ${LIMITS.join(', ')}`);
    if (value !== undefined && !(typeof value === 'number' && value >= 0))
      throw refuse(`limits.${name}`, value, 'a number from 0');
  }
  return { ...limits };
}

function copyOptions(options: NonNullable<GenerateOptions['options']>): Brief['options'] {
  try {
    return JSON.parse(JSON.stringify(options));
  } catch {
    throw refuse('options', 'a value that JSON cannot hold', 'plain JSON');
  }
}

function drawSeed(warn: (warning: Warning) => void): number {
  const [high = 0, low = 0] = globalThis.crypto.getRandomValues(new Uint32Array(2));
  const seed = (high & 0x1fffff) * 2 ** 32 + low;
  warn({
    code: 'seed-drawn',
    message: `No seed was given; ${seed} was drawn.`,
    details: { seed },
  });
  return seed;
}

function refuse(field: string, received: unknown, allowed: string): ComfygenError {
  const shown =
    typeof received === 'string' && received.length > 60
      ? `${received.slice(0, 60)}…`
      : String(received);
  return new ComfygenError(
    'INVALID_BRIEF',
    `${field} must be ${allowed}; got ${shown === '' ? 'an empty text' : shown}.`,
    {
      details: { field, received: shown, allowed },
    },
  );
}
