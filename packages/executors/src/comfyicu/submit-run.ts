import { checkGraph, excerpt, type HttpClient, readAccepted, tagOutputs } from 'comfygen/http';
import { type CallContext, ComfygenError, type JobRef, type Plan } from 'comfygen/plugin';
import { stringifyWorkflow } from 'comfygen/workflow';
import { z } from 'zod';
import { PART, type Settings, settingsOfRun } from './options.ts';

const accepted = z.object({ id: z.string().min(1) });
const refused = z.object({
  id: z.undefined().optional(),
  status: z.literal('error'),
  message: z.unknown(),
});

/** Starts a run. The answer says no more than its id. */
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
  const more = JSON.stringify({ workflow_id: workflowId, accelerator, files, webhook });
  const answer = await http.send(`workflows/${encodeURIComponent(workflowId)}/runs`, ctx, {
    method: 'POST',
    submit: true,
    timeoutMs: own.submitTimeoutMs,
    headers: { 'content-type': 'application/json' },
    // Put together by hand: JSON.stringify can't write seeds above 2^53.
    body: `${more.slice(0, -1)},"prompt":${stringifyWorkflow(workflow)}}`,
  });
  const told = refused.safeParse(readable(answer.text()));
  if (told.success) {
    const message = http.hide(`ComfyICU refused the run: ${excerpt(String(told.data.message))}`);
    throw new ComfygenError('INVALID_WORKFLOW', message, { part: PART });
  }
  const { id } = readAccepted(answer, accepted, PART);
  return { executor: PART.name, id, submittedAt: ctx.clock.now(), data: { workflowId, tags } };
}

function readable(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
