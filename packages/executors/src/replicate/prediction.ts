import { type OutputTags, readTags } from 'comfygen/http';
import type { JsonObject } from 'comfygen/plugin';
import { z } from 'zod';

/** What is read of a prediction; the service sends more. */
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

/** What a job's reference keeps. */
export interface RefData {
  tags: OutputTags;
  /** How many nodes the graph has, for its progress. */
  nodes: number;
  /** What submit had to say; a job's snapshots repeat it. */
  warnings: { code: string; message: string }[];
}

/** Reads it back; from the prediction where a reference that somebody else made has nothing. */
export function readRefData(data: JsonObject | undefined, made: Prediction): RefData {
  const kept = refData.parse(data ?? {});
  return kept.nodes > 0 ? kept : { ...refDataOf(made), warnings: kept.warnings };
}

/** The same from a prediction itself, which has the graph that was sent until its data are removed. */
export function refDataOf({ input }: Prediction): RefData {
  let workflow: unknown;
  try {
    workflow = JSON.parse(String(input?.['workflow_json']));
  } catch {}
  const nodes = typeof workflow === 'object' && workflow ? Object.keys(workflow).length : 0;
  return { tags: readTags(workflow), nodes, warnings: [] };
}

/** Milliseconds since the epoch; `undefined` where there is no such time. */
export function timeOf(text: string | null | undefined): number | undefined {
  const time = text ? Date.parse(text) : Number.NaN;
  return Number.isFinite(time) ? time : undefined;
}
