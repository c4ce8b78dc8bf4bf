import { ComfygenError, type PartRef } from 'comfygen/plugin';
import type { z } from 'zod';
import type { Answer } from '../http/answer.ts';

/** An answer's JSON as its schema reads it. @throws PROTOCOL for no JSON, and for JSON of another shape */
export function readAnswer<T>(answer: Answer, schema: z.ZodType<T>, part: PartRef): T {
  return readValue(answer.json(), schema, part);
}

/** Parsed JSON of a service as its schema reads it. @throws PROTOCOL naming the fields that don't fit */
export function readValue<T>(value: unknown, schema: z.ZodType<T>, part: PartRef): T {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  const fields = read.error.issues.map(({ path }) => path.join('.') || 'the whole').join(', ');
  throw new ComfygenError(
    'PROTOCOL',
    `${part.name} gave an answer that makes no sense: ${fields}.`,
    {
      part,
    },
  );
}

/**
 * The same for the answer to a submit: it was taken, whatever the answer says.
 * @throws SUBMIT_UNKNOWN where the job's id can't be read
 */
export function readAccepted<T>(answer: Answer, schema: z.ZodType<T>, part: PartRef): T {
  try {
    return readAnswer(answer, schema, part);
  } catch (cause) {
    const told = cause instanceof Error ? cause.message : String(cause);
    throw new ComfygenError('SUBMIT_UNKNOWN', `The job may run, but has no id: ${told}`, {
      part,
      cause,
    });
  }
}
