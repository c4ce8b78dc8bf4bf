import { z } from 'zod';

const text = z.string().nullish().catch(undefined);
const number = z.number().nullish().catch(undefined);

/** The progress of a job, as its status and its events give it. */
export const progressSchema = z.object({
  value: z.number(),
  current_node: text,
  current_node_class: text,
  step: number,
  steps: number,
});

/** One file that a job made, stored as an asset. */
export const outputSchema = z.object({
  id: z.string(),
  node_id: z.string().nullish(),
  name: z.string(),
  type: z.string(),
  content_type: text,
  size_bytes: number,
  url: text,
  url_expires_at: text,
});

/** The fields of a job that are used here. */
export const jobSchema = z.object({
  id: z.string().min(1),
  status: z.string(),
  expires_at: text,
  queue_position: number,
  progress: progressSchema.nullish().catch(undefined),
  outputs: z.array(outputSchema).nullish(),
  error: z
    .object({ code: text, message: text, node_id: text, class_type: text })
    .nullish()
    .catch(undefined),
  metrics: z.record(z.string(), z.unknown()).nullish().catch(undefined),
  urls: z.object({ self: text, events: text, cancel: text }).nullish().catch(undefined),
});

/** The fields of an asset that are used here. */
export const assetSchema = z.object({ id: z.string().min(1), url: text, url_expires_at: text });

export type Job = z.output<typeof jobSchema>;
export type JobFile = z.output<typeof outputSchema>;

/** Milliseconds since the epoch for a time of the API; `undefined` where it gave none. */
export function timeOf(date: string | null | undefined): number | undefined {
  const time = Date.parse(date ?? '');
  return Number.isNaN(time) ? undefined : time;
}
