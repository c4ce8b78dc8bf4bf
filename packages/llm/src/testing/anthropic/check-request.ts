import type { JsonObject } from 'comfygen/plugin';
import { sayIssue } from '../say-issue.ts';
import { schemaFault } from '../schema-fault.ts';
import { invalidRequest } from './envelope.ts';
import { type MessagesRequest, messagesRequest } from './request-schema.ts';

const MOST_CACHE_MARKS = 4;

/** The request, where the API would take it. @throws Refusal as the API answers */
export function checkRequest(body: JsonObject): MessagesRequest {
  const result = messagesRequest.safeParse(body);
  if (!result.success) throw invalidRequest(sayIssue(result.error.issues[0]!));
  const request = result.data;
  for (const check of [checkTurns, checkTexts, checkMarks, checkFormat]) {
    const fault = check(request);
    if (fault !== undefined) throw invalidRequest(fault);
  }
  return request;
}

function checkTurns({ messages, tools, tool_choice: choice }: MessagesRequest): string | undefined {
  if (messages.length === 0) return 'messages: at least one message is required';
  if (messages.at(-1)?.role === 'assistant')
    return 'This model does not support assistant message prefill. The conversation must end with a user message.';
  if (choice?.type !== 'tool' || tools?.some(({ name }) => name === choice.name)) return undefined;
  return `Tool '${choice.name}' not found in provided tools`;
}

function checkTexts({ messages, system }: MessagesRequest): string | undefined {
  if (blocksOf(system).some((block) => block.text === ''))
    return 'system: text content blocks must be non-empty';
  for (const [index, { content }] of messages.entries()) {
    if (content.length === 0) return `messages.${index}: user messages must have non-empty content`;
    if (typeof content === 'string') continue;
    if (content.some((block) => block.type === 'text' && block.text === ''))
      return 'messages: text content blocks must be non-empty';
  }
  return undefined;
}

function checkMarks({ messages, system, tools = [] }: MessagesRequest): string | undefined {
  const blocks = [
    ...tools,
    ...blocksOf(system),
    ...messages.flatMap(({ content }) => (typeof content === 'string' ? [] : content)),
  ];
  const found = blocks.filter(({ cache_control: mark }) => mark != null).length;
  return found > MOST_CACHE_MARKS
    ? `A maximum of 4 blocks with cache_control may be provided. Found ${found}.`
    : undefined;
}

function checkFormat({ output_config: config }: MessagesRequest): string | undefined {
  const fault = config?.format ? schemaFault(config.format.schema, 'anthropic') : undefined;
  return fault && `output_config.format.schema: ${fault}`;
}

/** The system's blocks, however they were given. */
export function blocksOf(system: MessagesRequest['system']) {
  return typeof system === 'string' ? [{ type: 'text' as const, text: system }] : (system ?? []);
}
