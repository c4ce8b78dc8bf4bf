import { BRIEF_LIMITS, type BriefInput } from 'comfygen';
import { InvalidArgumentError } from 'commander';

const { maxCount, minSide, maxSide, maxRatio, maxSeed } = BRIEF_LIMITS;

/**
 * The seed that digits stand for, 0 to 2^64 − 1, as a `bigint` where a number is not exact; `undefined` for other
 * text.
 */
export function toSeed(text: string): number | bigint | undefined {
  if (!/^\d{1,20}$/.test(text)) return undefined;
  const value = BigInt(text);
  if (value > maxSeed) return undefined;
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
}

/** `--seed`. */
export function parseSeed(text: string): number | bigint {
  const seed = toSeed(text.trim());
  if (seed === undefined) {
    throw new InvalidArgumentError(`A seed is a whole number from 0 to ${maxSeed}.`);
  }
  return seed;
}

/** Makes the parser of an option that takes a whole number from `low` to `high`. */
export function parseWhole(what: string, low: number, high: number): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text.trim()) ? Number(text) : Number.NaN;
    if (!(value >= low && value <= high)) {
      throw new InvalidArgumentError(`${what} is a whole number from ${low} to ${high}.`);
    }
    return value;
  };
}

/** `--count`: how many pictures. */
export const parseCount = parseWhole('A count', 1, maxCount);
/** `--index`: which picture of a run. */
export const parseIndex = parseWhole('An index', 0, maxCount - 1);
/** `--width` of a picture, in pixels. */
export const parseWidth = parseWhole('A width', minSide, maxSide);
/** `--height` of a picture, in pixels. */
export const parseHeight = parseWhole('A height', minSide, maxSide);

/** `--longest-side` of a picture, in pixels. */
export const parseLongestSide = parseWhole('A longest side', minSide, maxSide);

/** `--aspect`: `16:9`. */
export function parseAspect(text: string): `${number}:${number}` {
  const [, width, height] = /^\s*(\d+(?:\.\d+)?)[:/x](\d+(?:\.\d+)?)\s*$/.exec(text) ?? [];
  const ratio = Number(width) / Number(height);
  if (!(ratio >= 1 / maxRatio && ratio <= maxRatio)) {
    const message = `A ratio is width to height, from 1:${maxRatio} to ${maxRatio}:1: 16:9.`;
    throw new InvalidArgumentError(message);
  }
  return `${Number(width)}:${Number(height)}`;
}

/** Inputs of a graph by name. */
export type GivenInputs = { [name: string]: BriefInput };

/**
 * `--input NAME=VALUE`, repeatable: a number, true or false, or a text, which may stand in double quotes; `NAME?=VALUE`
 * for one that a flow may lack.
 */
export function parseInput(text: string, earlier: GivenInputs = {}): GivenInputs {
  const [, name, mark, value] = /^([^=?]+)(\?)?=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined)
    throw new InvalidArgumentError('An input is NAME=VALUE: steps=30, or NAME?=VALUE.');
  const input: BriefInput = { value: parseValue(value), ...(mark && { optional: true }) };
  return Object.fromEntries([...Object.entries(earlier), [name.trim(), input]]);
}

function parseValue(text: string): BriefInput['value'] {
  const word = text.trim();
  if (word === 'true' || word === 'false') return word === 'true';
  if (/^[-+]?\d+$/.test(word)) {
    const whole = BigInt(word);
    return BigInt(Number(whole)) === whole && Number.isSafeInteger(Number(whole))
      ? Number(whole)
      : whole;
  }
  if (/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(word)) return Number(word);
  return /^"(.*)"$/s.exec(word)?.[1] ?? text;
}

/** `--strength`. */
export function parseStrength(text: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (!(value >= 0 && value <= 1))
    throw new InvalidArgumentError('A strength is a number from 0 to 1.');
  return value;
}

/** How many flows of the ranking a shortlist may run. */
export const SHORTLIST = { least: 2, most: 100 } as const;

const UNIT_MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** `--timeout`: `90`, `90s`, `1500ms`, `5m`, `1h`, in milliseconds. A bare number is seconds. */
export function parseDurationMs(text: string): number {
  const [, digits, unit = 's'] = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text.trim()) ?? [];
  const value = Math.round(Number(digits) * UNIT_MS[unit as keyof typeof UNIT_MS]);
  if (!(value >= 1 && value <= 86_400_000)) {
    throw new InvalidArgumentError('A time is a number with ms, s, m or h, from 1ms to 24h: 90s.');
  }
  return value;
}

/** Adds a value to those of a repeatable option. */
export function collect(value: string, earlier: string[] | undefined): string[] {
  return [...(earlier ?? []), value];
}
