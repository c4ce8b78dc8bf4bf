import { ComfygenError, type LanguageRequest, type PartRef } from 'comfygen/plugin';

/** @throws INVALID_OPTIONS where a request breaks the contract, before anything is sent */
export function checkRequest(part: PartRef, { messages, schema }: LanguageRequest): void {
  const fault = faultOf(messages, schema);
  if (fault === undefined) return;
  throw new ComfygenError('INVALID_OPTIONS', `The request to ${part.name} ${fault}.`, { part });
}

function faultOf(
  messages: LanguageRequest['messages'],
  schema: LanguageRequest['schema'],
): string | undefined {
  if (messages.length === 0) return 'has no message';
  if (messages.at(-1)!.role !== 'user') return "does not end with the user's turn";
  if (schema === undefined) return undefined;
  if (!/^[a-zA-Z0-9_-]{1,64}$/.test(schema.name))
    return `has a schema named "${schema.name}"; a name has 1 to 64 letters, digits, _ and -`;
  return schema.schema['type'] === 'object'
    ? undefined
    : 'has a schema of something else than an object';
}
