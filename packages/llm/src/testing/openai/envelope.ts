import { type Answer, Refusal } from '../reply.ts';

/** What an error carries besides its message. */
interface Facts {
  type?: string | undefined;
  param?: string | undefined;
  code?: string | undefined;
  headers?: Record<string, string> | undefined;
}

const TYPES: { readonly [status: number]: string } = {
  429: 'rate_limit_error',
  500: 'server_error',
  503: 'server_error',
};

/** An error as the API words it. */
export function errorAnswer(status: number, message: string, facts: Facts = {}): Answer {
  const { type = TYPES[status] ?? 'invalid_request_error', param, code, headers } = facts;
  return {
    status,
    headers: { 'x-request-id': 'req_fake', ...headers },
    body: { error: { message, type, param: param ?? null, code: code ?? null } },
  };
}

/** A request that the API finds wrong. */
export function invalidRequest(message: string, facts: Facts = {}): Refusal {
  return new Refusal(errorAnswer(400, message, facts));
}
