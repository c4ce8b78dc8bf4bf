import type { OutputTags } from 'comfygen/http';
import type { JsonObject } from 'comfygen/plugin';
import { z } from 'zod';

/** The fields of a run that are used here; the service sends more, and documents little of it. */
export const run = z.object({
  id: z.string().min(1),
  status: z.string(),
  output: z.unknown(),
  error: z.unknown(),
  created_at: z.string().nullish().catch(undefined),
  started_at: z.string().nullish().catch(undefined),
  completed_at: z.string().nullish().catch(undefined),
  visibility: z.string().nullish().catch(undefined),
  /** The graph as it was sent, under one name or the other. */
  data: z.object({ prompt: z.unknown() }).nullish().catch(undefined),
  workflow_api: z.unknown(),
});

/** A run as the service tells it. */
export type Run = z.infer<typeof run>;

const refData = z.object({
  workflowId: z.string().optional().catch(undefined),
  tags: z.record(z.string(), z.string()).catch({}),
});

/** The data that a job's reference keeps for later calls. */
export interface RefData {
  workflowId?: string | undefined;
  tags: OutputTags;
}

/** The data of a job's reference, with defaults for what a reference made elsewhere lacks. */
export function readRefData(data: JsonObject | undefined): RefData {
  return refData.parse(data ?? {});
}
