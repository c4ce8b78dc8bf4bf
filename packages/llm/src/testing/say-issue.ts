import type { z } from 'zod';

/** One fault of a request, in the words that services of this kind use. */
export function sayIssue(issue: z.core.$ZodIssue): string {
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys')
    return `${[...path, issue.keys[0]].join('.')}: Extra inputs are not permitted`;
  const where = path.join('.');
  if (issue.code === 'invalid_type' && issue.message.endsWith('received undefined'))
    return `${where}: Field required`;
  if (issue.code === 'invalid_union') {
    const inner = issue.errors.find((issues) => issues.some(({ path }) => path.length > 0))?.[0];
    if (inner) return sayIssue({ ...inner, path: [...issue.path, ...inner.path] });
  }
  return `${where}: ${issue.message}`;
}
