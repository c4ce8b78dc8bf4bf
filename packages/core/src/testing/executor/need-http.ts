import { SkippedCase } from '../runner.ts';
import type { ExecutorBench } from './executor-bench.ts';
import type { HttpBackend, HttpOperation, SeenRequest } from './http-backend.ts';

/** The service's traffic; ends the case as skipped where the backend does not show it, or has no such operations. */
export function httpOf(
  { backend }: Pick<ExecutorBench, 'backend'>,
  ...operations: HttpOperation[]
): HttpBackend {
  const { http } = backend;
  if (!http) throw new SkippedCase('the backend shows no HTTP traffic');
  const missing = operations.find((operation) => !http.operations.includes(operation));
  if (missing) throw new SkippedCase(`the service has no request for ${missing}`);
  return http;
}

/** The requests of one operation so far. */
export function requestsOf(http: HttpBackend, operation: HttpOperation): SeenRequest[] {
  return http.requests().filter((request) => request.operation === operation);
}

/** A member that the backend needs for its scenario; ends the case as skipped where it is not there. */
export function backendHas<T>(member: T | undefined, name: string): T {
  if (member === undefined) throw new SkippedCase(`the backend has no ${name}`);
  return member;
}
