import type { FakeReply, FakeRequest } from 'comfygen/testing';
import { isUiWorkflow, type NodeCatalogue, type Workflow } from 'comfygen/workflow';
import { type Checks, judgePrompt } from './node-errors.ts';
import type { ServerState } from './server-state.ts';
import type { Worker } from './worker.ts';

/** What `postPrompt` works with. */
export interface PromptContext {
  state(): ServerState;
  worker(): Worker;
  now(): number;
  checks(): Checks & { info: NodeCatalogue };
  /** Whether a prompt's id must be a lowercase UUID. */
  strictIds: boolean;
}

interface PromptBody {
  prompt?: Workflow;
  prompt_id?: string;
  client_id?: string;
  number?: number;
  front?: boolean;
  extra_data?: Record<string, unknown>;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const TROUBLE: FakeReply = {
  status: 500,
  text: '500 Internal Server Error\n\nServer got itself in trouble',
};

/** Takes a prompt into the queue, or says why not. */
export function postPrompt(request: FakeRequest, context: PromptContext): FakeReply {
  const state = context.state();
  let body: PromptBody;
  try {
    body = request.json() as PromptBody;
  } catch {
    return TROUBLE;
  }
  const { prompt, prompt_id = crypto.randomUUID(), client_id, front, extra_data = {} } = body;
  const number = body.number ?? (front ? -state.number : state.number);
  state.number += 1;
  if (!('prompt' in body)) return refusal('no_prompt', 'No prompt provided', 'No prompt provided');
  if (typeof prompt !== 'object' || prompt === null || isUiWorkflow(prompt)) return TROUBLE;
  if (context.strictIds && !UUID.test(prompt_id)) {
    const details =
      'prompt_id must be a UUID string in canonical lowercase hyphenated form; omit it to let the server generate one';
    return refusal('invalid_prompt_id', 'prompt_id must be a valid UUID', details);
  }
  const verdict = judgePrompt(prompt, context.checks());
  if (verdict === undefined) return TROUBLE;
  const { error, node_errors, outputs } = verdict;
  if (error) return { status: 400, json: { error, node_errors } };
  const extra = {
    ...extra_data,
    ...(client_id !== undefined && { client_id }),
    create_time: context.now(),
  };
  state.pending.push([number, prompt_id, prompt, extra, outputs]);
  const worker = context.worker();
  worker.tellStatus();
  // The thread wakes up once the answer is on its way: fast jobs overtake slow answers.
  setImmediate(() => worker.pump());
  return { json: { prompt_id, number, node_errors } };
}

function refusal(type: string, message: string, details: string): FakeReply {
  return {
    status: 400,
    json: { error: { type, message, details, extra_info: {} }, node_errors: {} },
  };
}
