import { z } from 'zod';
import { readAs } from '../util/read-as.ts';
import type { GenerateOptions } from './types.ts';

/** Left to the stage that reads it: what a caller wants of the picture is checked with the brief. */
const brief = z.unknown().optional();

const callOptions = z.strictObject({
  seed: brief,
  count: brief,
  width: brief,
  height: brief,
  negative: brief,
  limits: brief,
  options: brief,
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
