import { z } from 'zod';
import type { SafetyPolicy } from './policy.ts';

// No bound is a bound too: `Infinity` is allowed.
const bound = z.custom<number>((value) => typeof value === 'number' && value >= 0, {
  error: 'must be a number from 0 on',
});

/** The fields of a policy; anything else is refused, since a misspelt bound would bound nothing. */
export const policyFields = z.strictObject({
  classes: z.array(z.string()),
  outputClasses: z.array(z.string()),
  filenamePrefix: z.string(),
  maxNodes: bound,
  maxSteps: bound,
  maxPixels: bound,
  maxBatch: bound,
  maxConditions: bound,
  maxWork: bound,
  maxTextLength: bound,
} satisfies Record<keyof SafetyPolicy, z.ZodType>);
