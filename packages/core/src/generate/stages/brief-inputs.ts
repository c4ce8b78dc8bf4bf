import type { z } from 'zod';
import type { Brief, BriefInput } from '../../spec/index.ts';
import { isObject } from '../../util/is-object.ts';
import { BRIEF_LIMITS } from '../brief-limits.ts';

const { maxInputs, promptLength } = BRIEF_LIMITS;
const LONGEST_NAME = 200;

/** A name in words with `-`, `_` and `:` between them, or a node's id and an input of it. */
const NAME = /^[\p{L}\p{N}]+([-_:]+[\p{L}\p{N}]+)*$|^[^.\s]+\.\S(.*\S)?$/u;

/** What is asked for by options of its own, by the words that nodes have for it. */
const OWN_OPTIONS: [pattern: RegExp, option: string][] = [
  [/^(positive|prompt|positive-?prompt|text)$/, 'prompt, the first argument'],
  [/^negative(-?prompt)?$/, 'negative'],
  [/^(noise-?)?seed$/, 'seed'],
  [/^width$/, 'width'],
  [/^height$/, 'height'],
  [/^(count|batch-?size)$/, 'count'],
  [/^(aspect-?ratio|longest-?side|size)$/, 'aspectRatio, longestSide, width and height'],
  [/^(images?|mask|strength)$/, 'images, mask and strength'],
];

type Issues = z.core.$RefinementCtx<unknown>;

/** A brief's inputs from what a caller wrote: a value by name, or a value that may be left out. */
export function readInputs(given: unknown, issues: Issues): Brief['inputs'] {
  const add = (message: string, ...path: string[]) =>
    issues.addIssue({ code: 'custom', message, path });
  if (!isObject(given)) {
    add('must be an object of values by name');
    return undefined;
  }
  const names = Object.keys(given);
  if (names.length > maxInputs) {
    add(`must have at most ${maxInputs} names, not ${names.length}`);
    return undefined;
  }
  const entries = names.flatMap((name): [string, BriefInput][] => {
    const option = OWN_OPTIONS.find(([pattern]) =>
      pattern.test(name.toLowerCase().replaceAll('_', '-')),
    );
    if (option !== undefined) add(`is an option of its own: ${option[1]}`, name);
    else if (name.length > LONGEST_NAME || !NAME.test(name))
      add(
        'has a name that no input can have: give words as in lora:pixel-art, or node.input',
        name.slice(0, LONGEST_NAME),
      );
    else {
      const read = readInput(given[name]);
      if (typeof read !== 'string') return [[name, read]];
      add(read, name);
    }
    return [];
  });
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

function readInput(given: unknown): BriefInput | string {
  if (!isObject(given)) {
    const value = readValue(given);
    return typeof value === 'object' ? value : value;
  }
  const odd = Object.keys(given).find((key) => key !== 'value' && key !== 'optional');
  const { value: told, optional } = given;
  if (
    odd !== undefined ||
    told === undefined ||
    (optional !== undefined && typeof optional !== 'boolean')
  )
    return 'must be a value, or { value, optional: true }';
  const value = readValue(told);
  if (typeof value === 'string') return value;
  return optional ? { ...value, optional } : value;
}

/** The value in the form that is kept, or what it must be. */
function readValue(value: unknown): BriefInput | string {
  switch (typeof value) {
    case 'boolean':
      return { value };
    case 'number':
      // −0 would be another value in JSON than in a hash.
      return Number.isFinite(value) ? { value: value + 0 } : 'must be a finite number';
    case 'bigint': {
      const isSafe = BigInt(Number(value)) === value && Number.isSafeInteger(Number(value));
      if (isSafe) return { value: Number(value) };
      const isHeld = value <= 2n ** 64n - 1n && value >= -(2n ** 63n);
      return isHeld ? { value } : 'must be a bigint from −2^63 to 2^64 − 1';
    }
    case 'string':
      return value.length <= promptLength && value.isWellFormed()
        ? { value }
        : `must be well-formed Unicode of at most ${promptLength.toLocaleString('en')} characters`;
    default:
      return 'must be a number, a text, true or false';
  }
}
