import { z } from 'zod';

const number = z.number().nullish().catch(undefined);

/** The fields of the `GET /status` answer that are used here. */
export const statusSchema = z.object({
  id: z.string().min(1),
  status: z.string(),
  output: z.unknown().optional(),
  error: z.unknown().optional(),
  delayTime: number,
  executionTime: number,
});

/** The answer to a submit. */
export const acceptedSchema = z.object({ id: z.string().min(1) });

export type JobStatus = z.output<typeof statusSchema>;

const image = z.object({ filename: z.string(), type: z.string().catch(''), data: z.string() });
const outputSchema = z.object({
  images: z.array(z.unknown()).nullish().catch(undefined),
  errors: z.array(z.unknown()).nullish().catch(undefined),
  details: z.unknown().optional(),
  message: z.unknown().optional(),
});

/** One picture of a job: its base64, or a link to it. */
export type JobImage = z.output<typeof image>;

/** The output of worker-comfyui. */
export interface WorkerOutput {
  images: JobImage[];
  /** How many pictures came without name or data. */
  broken: number;
  /** Errors that the worker reported beside the pictures that it made. */
  errors: string[];
  /** The worker's reasons where it made no picture. */
  details: string[];
}

/** Reads `output`; workers before 5.0 had one picture in `message`. */
export function readWorkerOutput(output: unknown): WorkerOutput {
  const read = outputSchema.safeParse(output);
  const none = { images: [], broken: 0, errors: [], details: [] };
  if (!read.success) return none;
  const { images, errors, details, message } = read.data;
  const found = (images ?? []).map((one) => image.safeParse(one));
  const whole = found.flatMap(({ data }) => (data ? [data] : []));
  if (!images && typeof message === 'string' && message !== '')
    whole.push({ filename: 'output.png', type: '', data: message });
  return {
    images: whole,
    broken: found.length - found.filter(({ success }) => success).length,
    errors: texts(errors),
    details: texts(details),
  };
}

function texts(value: unknown): string[] {
  const list = Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];
  return list.map((item) => (typeof item === 'string' ? item : JSON.stringify(item)));
}
