import { isObject } from 'comfygen/plugin';
import type { FakeReply, FakeRequest } from 'comfygen/testing';
import type { Workflow } from 'comfygen/workflow';
import { isTruthy, PythonError, pythonFloat, pythonJson } from '../python-values.ts';
import { type Checks, judgePrompt } from './judge-prompt.ts';
import type { ServerState } from './server-state.ts';
import type { Worker } from './worker.ts';

/** What `postPrompt` works with. */
export interface PromptContext {
  state(): ServerState;
  worker(): Worker;
  now(): number;
  checks(): Checks;
  /** Whether a prompt's id must be a lowercase UUID. */
  strictIds: boolean;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const TROUBLE: FakeReply = {
  status: 500,
  text: '500 Internal Server Error\n\nServer got itself in trouble',
};

/** Takes a prompt into the queue, or says why not. */
export function postPrompt(request: FakeRequest, context: PromptContext): FakeReply {
  try {
    return takePrompt(request.json(), context);
  } catch (error) {
    if (error instanceof PythonError || error instanceof SyntaxError) return TROUBLE;
    throw error;
  }
}

function takePrompt(body: unknown, context: PromptContext): FakeReply {
  const state = context.state();
  if (typeof body === 'string' || Array.isArray(body)) return takeNoObject(body, state);
  if (!isObject(body)) throw new PythonError('TypeError', 'no container');
  const { prompt, client_id, front, partial_execution_targets: targets } = body;
  const number =
    'number' in body ? pythonFloat(body['number']) : state.number * (isTruthy(front) ? -1 : 1);
  if (!('number' in body)) state.number += 1;
  if (!('prompt' in body)) return NO_PROMPT;
  const promptId = body['prompt_id'] ?? crypto.randomUUID();
  if (context.strictIds && !(typeof promptId === 'string' && UUID.test(promptId))) {
    const details =
      'prompt_id must be a UUID string in canonical lowercase hyphenated form; omit it to let the server generate one';
    return refusal('invalid_prompt_id', 'prompt_id must be a valid UUID', details);
  }
  const verdict = judgePrompt(prompt, { ...context.checks(), targets });
  if (verdict === undefined) return TROUBLE;
  const { error, node_errors, outputs } = verdict;
  const extra = readExtra(body, error === undefined);
  if (error) return reply(400, { error, node_errors });
  if (client_id !== undefined) extra['client_id'] = client_id;
  extra['create_time'] = context.now();
  state.pending.push([number, String(promptId), prompt as Workflow, extra, outputs]);
  const worker = context.worker();
  worker.tellStatus();
  // The thread wakes up once the answer is on its way: fast jobs overtake slow answers.
  setImmediate(() => worker.pump());
  return reply(200, { prompt_id: promptId, number, node_errors });
}

/** A text or a list is looked into as if it were an object. */
function takeNoObject(body: string | unknown[], state: ServerState): FakeReply {
  if (body.includes('number')) throw new PythonError('TypeError', 'no keys');
  state.number += 1;
  if (body.includes('prompt')) throw new PythonError('TypeError', 'no keys');
  return NO_PROMPT;
}

/** The extra data of a body. What is no object gets the server into trouble once it writes into it. */
function readExtra(body: Record<string, unknown>, isAccepted: boolean): Record<string, unknown> {
  const { extra_data: extra = {} } = body;
  if (isObject(extra)) return { ...extra };
  const isLooked = typeof extra === 'string' || Array.isArray(extra);
  if (isLooked && !isAccepted && !('client_id' in body)) return {};
  throw new PythonError('TypeError', 'extra_data takes no keys');
}

function reply(status: number, body: unknown): FakeReply {
  const headers = { 'content-type': 'application/json; charset=utf-8' };
  return { status, headers, text: pythonJson(body) };
}

function refusal(type: string, message: string, details: string): FakeReply {
  return {
    status: 400,
    json: { error: { type, message, details, extra_info: {} }, node_errors: {} },
  };
}

const NO_PROMPT = refusal('no_prompt', 'No prompt provided', 'No prompt provided');
