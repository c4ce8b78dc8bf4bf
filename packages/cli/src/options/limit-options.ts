import type { Limits } from 'comfygen';
import { type Command, InvalidArgumentError } from 'commander';
import { parseDurationMs } from '../input/parse-values.ts';

/** The limits of a choice. */
export interface LimitOptions {
  maxCost?: number;
  maxDuration?: number;
  maxVram?: number;
  commercial?: boolean;
  strictLimits?: boolean;
}

/** Adds the limits of a choice. */
export function withLimitOptions(command: Command): Command {
  return command
    .option('--max-cost <n>', 'at most so many credits or dollars a picture', parseAmount)
    .option('--max-duration <time>', 'at most so long for a picture: 30s', parseDurationMs)
    .option('--max-vram <gib>', 'at most so much graphics memory', parseAmount)
    .option('--commercial', 'only models whose licence allows commercial use')
    .option('--strict-limits', 'leave out flows of which a limit can’t be judged');
}

function parseAmount(text: string): number {
  const value = /^\d*\.?\d+$/.test(text.trim()) ? Number(text) : Number.NaN;
  if (Number.isFinite(value)) return value;
  throw new InvalidArgumentError('A limit is a number from 0 on.');
}

/** The limits as core takes them; nothing where none was given. */
export function limitRequest(options: LimitOptions): {
  limits?: Limits | undefined;
  strictLimits?: boolean | undefined;
} {
  const { maxCost, maxDuration, maxVram, commercial, strictLimits } = options;
  const all = {
    maxCost,
    maxDurationMs: maxDuration,
    maxVramGb: maxVram,
    commercialUse: commercial,
  };
  const given = Object.entries(all).filter(([, value]) => value !== undefined);
  const limits: Limits = Object.fromEntries(given);
  return {
    limits: given.length > 0 ? limits : undefined,
    strictLimits,
  };
}
