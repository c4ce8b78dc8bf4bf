import { type Answer, Refusal } from '../reply.ts';

const TYPES: { readonly [status: number]: string } = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  504: 'timeout_error',
  529: 'overloaded_error',
};

/** An error as the API words it. */
export function errorAnswer(
  status: number,
  message: string,
  {
    type,
    headers,
  }: { type?: string | undefined; headers?: Record<string, string> | undefined } = {},
): Answer {
  return {
    status,
    headers: { 'request-id': 'req_fake', ...headers },
    body: {
      type: 'error',
      error: { type: type ?? TYPES[status] ?? 'api_error', message },
      request_id: 'req_fake',
    },
  };
}

/** A request that the API finds wrong. */
export function invalidRequest(message: string): Refusal {
  return new Refusal(errorAnswer(400, message));
}
