import { z } from 'zod';

// Loose on purpose: only what is read, so that a newer server does no harm.

/** The answer to `POST /prompt` that took the job. */
export const acceptedSchema = z.looseObject({
  prompt_id: z.string(),
  node_errors: z.record(z.string(), z.unknown()).nullish(),
});

const messageSchema = z.tuple([z.string(), z.record(z.string(), z.unknown())]);

/** How a job ended, as the history and `/api/jobs/{id}` both tell it. */
const endSchema = z.looseObject({
  outputs: z.record(z.string(), z.record(z.string(), z.unknown()).nullable()).nullish(),
  status: z
    .looseObject({
      status_str: z.string().nullish(),
      completed: z.boolean().nullish(),
      messages: z.array(messageSchema).nullish(),
    })
    .nullish(),
});

export const historySchema = z.record(z.string(), endSchema);

/** An item of the queue; only its number and its id are read. */
const itemSchema = z.tuple([z.number(), z.string()]).rest(z.unknown());

export const queueSchema = z.looseObject({
  queue_running: z.array(itemSchema),
  queue_pending: z.array(itemSchema),
});

export const jobSchema = z.looseObject({
  status: z.string(),
  outputs: endSchema.shape.outputs,
  execution_status: endSchema.shape.status,
});

export const cancelSchema = z.looseObject({ cancelled: z.boolean() });

export const uploadSchema = z.looseObject({ name: z.string(), subfolder: z.string().nullish() });

export const infoSchema = z.record(z.string(), z.looseObject({}));

export const namesSchema = z.array(z.string());

export const statsSchema = z.looseObject({
  system: z.looseObject({ comfyui_version: z.string().nullish() }),
});

/** How a job ended. */
export type JobEnd = z.output<typeof endSchema>;

/**
 * JSON as Python writes it: `NaN` and `Infinity`, which custom nodes put into their limits, become `null`.
 * Throws a SyntaxError for what is no JSON either way.
 */
export function parsePythonJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!/NaN|Infinity/.test(text)) throw error;
    return JSON.parse(
      text.replace(/"(?:[^"\\]|\\.)*"|-?Infinity|NaN/g, (token) =>
        token.startsWith('"') ? token : 'null',
      ),
    );
  }
}
