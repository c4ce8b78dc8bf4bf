import { ComfygenError } from 'comfygen/plugin';
import type { z } from 'zod';

/** Checked options of a scorer; throws INVALID_OPTIONS that names each problem. */
export function parseOptions<T>(scorer: string, schema: z.ZodType<T>, given: unknown): T {
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new ComfygenError('INVALID_OPTIONS', `${scorer}: ${problems.join('; ')}`, {
    part: { role: 'scorer', name: scorer },
    details: { problems },
  });
}
