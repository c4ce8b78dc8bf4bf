import { type OutputTags, readTags } from 'comfygen/http';
import type { JsonObject } from 'comfygen/plugin';
import { z } from 'zod';

/** The fields of a prediction that are used here; the service sends more. */
export const prediction = z.object({
  id: z.string().min(1),
  status: z.string(),
  input: z.record(z.string(), z.unknown()).nullish().catch(undefined),
  output: z.unknown(),
  logs: z.string().nullish().catch(undefined),
  error: z.unknown(),
  created_at: z.string().nullish(),
  started_at: z.string().nullish(),
  completed_at: z.string().nullish(),
  deadline: z.string().nullish(),
  data_removed: z.boolean().nullish(),
  metrics: z.object({ predict_time: z.number().nullish() }).nullish().catch(undefined),
});

/** A prediction as the service tells it. */
export type Prediction = z.infer<typeof prediction>;

const refData = z.object({
  tags: z.record(z.string(), z.string()).catch({}),
  nodes: z.number().catch(0),
  warnings: z.array(z.object({ code: z.string(), message: z.string() })).catch([]),
});

/** The data that a job's reference keeps for later calls. */
export interface RefData {
  tags: OutputTags;
  /** How many nodes the graph has; progress is counted by them. */
  nodes: number;
  /** The warnings of the submit, to be repeated in each snapshot. */
  warnings: { code: string; message: string }[];
}

/** The data of a job's reference; what a reference made elsewhere lacks is read from the prediction. */
export function readRefData(data: JsonObject | undefined, made: Prediction): RefData {
  const kept = refData.parse(data ?? {});
  return kept.nodes > 0 ? kept : { ...refDataOf(made), warnings: kept.warnings };
}

/** The reference data read from a prediction itself, which holds the graph until the service removes its data. */
export function refDataOf({ input }: Prediction): RefData {
  let workflow: unknown;
  try {
    workflow = JSON.parse(String(input?.['workflow_json']));
  } catch {}
  const nodes = typeof workflow === 'object' && workflow ? Object.keys(workflow).length : 0;
  return { tags: readTags(workflow), nodes, warnings: [] };
}

/** Milliseconds since the epoch for a time of the API; `undefined` where it is no time. */
export function timeOf(text: string | null | undefined): number | undefined {
  const time = text ? Date.parse(text) : Number.NaN;
  return Number.isFinite(time) ? time : undefined;
}
