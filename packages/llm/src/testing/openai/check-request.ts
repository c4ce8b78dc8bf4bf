import type { JsonObject } from 'comfygen/plugin';
import { sayIssue } from '../say-issue.ts';
import { schemaFault } from '../schema-fault.ts';
import { invalidRequest } from './envelope.ts';
import { type CompletionRequest, completionRequest } from './request-schema.ts';

/**
 * The request, where the API would take it. Fields in `extra` are another server's own. @throws Refusal as the API
 * answers
 */
export function checkRequest(body: JsonObject, extra: readonly string[]): CompletionRequest {
  const known = Object.fromEntries(Object.entries(body).filter(([name]) => !extra.includes(name)));
  const result = completionRequest.safeParse(known);
  if (!result.success) throw wrongField(result.error.issues[0]!);
  const request = result.data;
  if (request.max_tokens != null && request.max_completion_tokens != null)
    throw invalidRequest(
      "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.",
      { param: 'max_tokens' },
    );
  checkFormat(request);
  return request;
}

function wrongField(issue: Parameters<typeof sayIssue>[0]) {
  const param = issue.path.join('.') || undefined;
  if (issue.code === 'unrecognized_keys' && issue.path.length === 0)
    return invalidRequest(`Unrecognized request argument supplied: ${issue.keys[0]}`);
  if (issue.path.length === 1 && issue.message.endsWith('received undefined'))
    return invalidRequest(`Missing required parameter: '${param}'.`, {
      param,
      code: 'missing_required_parameter',
    });
  return invalidRequest(`Invalid value: ${sayIssue(issue)}`, { param, code: 'invalid_value' });
}

function checkFormat({ response_format: format, messages }: CompletionRequest): void {
  if (format?.type === 'json_object' && !/json/i.test(JSON.stringify(messages)))
    throw invalidRequest(
      "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.",
      { param: 'messages' },
    );
  if (format?.type !== 'json_schema' || !format.json_schema.strict) return;
  const { name, schema = {} } = format.json_schema;
  const fault = schemaFault(schema, 'openai');
  if (fault !== undefined)
    throw invalidRequest(`Invalid schema for response_format '${name}': ${fault}`, {
      param: 'response_format',
    });
}
