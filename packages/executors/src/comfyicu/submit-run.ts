import { checkGraph, excerpt, type HttpClient, tagOutputs } from 'comfygen/http';
import { type CallContext, ComfygenError, type JobRef, type Plan } from 'comfygen/plugin';
import { z } from 'zod';
import { PART, type Settings, settingsOfRun } from './options.ts';

const accepted = z.object({ id: z.string().min(1) });
const refused = z.object({
  id: z.undefined().optional(),
  status: z.literal('error'),
  message: z.unknown(),
});

/** Starts a run and gives its reference. The service answers with no more than the run's id. */
export async function submitRun(
  http: HttpClient,
  plan: Plan,
  { settings, workflowId }: { settings: Settings; workflowId: string },
  ctx: CallContext,
): Promise<JobRef> {
  const own = settingsOfRun(settings, plan.brief.options[PART.name]);
  checkGraph(plan, PART);
  const { workflow, tags } = tagOutputs(plan);
  const { accelerator, files, webhook } = own;
  const answer = await http.send(`workflows/${encodeURIComponent(workflowId)}/runs`, ctx, {
    method: 'POST',
    submit: true,
    timeoutMs: own.submitTimeoutMs,
    json: { workflow_id: workflowId, accelerator, files, webhook, prompt: workflow },
  });
  const told = refused.safeParse(readable(answer.text()));
  if (told.success) {
    const message = http.hide(`ComfyICU refused the run: ${excerpt(String(told.data.message))}`);
    throw new ComfygenError('INVALID_WORKFLOW', message, { part: PART });
  }
  const { id } = answer.read(accepted);
  return { executor: PART.name, id, submittedAt: ctx.clock.now(), data: { workflowId, tags } };
}

function readable(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
