import type { Workflow } from '../../spec/index.ts';

/**
 * How a service tells when to come back: in the header `Retry-After`, in the body's `retry_after`, in words of its
 * `detail`, not at all.
 */
export type RetryHint = 'seconds' | 'date' | 'body' | 'detail' | 'none';

/**
 * What goes wrong with one request:
 * - `status`: that answer, nothing is done; a text body is sent as it is, all else as JSON;
 * - `reset`: the connection breaks before anything is done; `reset-after`: when it is done, before the answer;
 * - `slow`: it is done, the answer comes `ms` later;
 * - `silence`: nothing is done, and no answer ever comes;
 * - `truncated`: it is done, the answer breaks off half-way, shorter than its `content-length`;
 * - `html`: nothing is done, a login page comes with 200;
 * - `oversized`: nothing is done, a 200 promises a body of 1 TiB, of which little comes;
 * - `rate-limited`: nothing is done, 429 with that kind of hint for `ms`.
 */
export type HttpFault =
  | { kind: 'status'; status: number; body?: unknown; headers?: Record<string, string> }
  | { kind: 'reset' }
  | { kind: 'reset-after' }
  | { kind: 'slow'; ms: number }
  | { kind: 'silence' }
  | { kind: 'truncated' }
  | { kind: 'html' }
  | { kind: 'oversized' }
  | { kind: 'rate-limited'; hint: RetryHint; ms: number };

/**
 * What a request is for: `submit` asks for a job, `inspect` how it is, `cancel` that it stops, `download` for the bytes
 * of a file, `watch` for a job's events as they come.
 */
export type HttpOperation = 'submit' | 'inspect' | 'cancel' | 'download' | 'watch';

/** A request as the service got it. */
export interface SeenRequest {
  /** `other` for what no operation needs: a list of models, a key for webhooks. */
  operation: HttpOperation | 'other';
  /** Origin of the server that got it: files may be on another one. */
  origin: string;
  method: string;
  /** The path with the query. */
  path: string;
  /** The headers, their names in lower case. */
  headers: Readonly<Record<string, string>>;
}

/** Shows the requests that a service gets, and makes them go wrong; for the suite. */
export interface HttpBackend {
  /** The origin of the API itself: keys go there, and nowhere else. */
  origin: string;
  /** Headers that every request to it must have, with their values: the key. */
  credentials: Readonly<Record<string, string>>;
  /** The operations that are requests of their own. A service that hands files over with the job has no `download`. */
  operations: readonly HttpOperation[];
  /** All requests so far, those of one server in their order; those that met a fault too. */
  requests(): readonly SeenRequest[];
  /** How many jobs the service has taken. */
  accepted(): number | Promise<number>;
  /** The graph of the last submit as it arrived, integers above 2^53 − 1 as `bigint`. */
  sent(): Workflow;
  /** The next requests of that operation meet these faults, one each, in their order. */
  meet(operation: HttpOperation, ...faults: readonly HttpFault[]): void;
  /** Every request of that operation meets this fault from now on; `undefined` ends that, for all operations. */
  meetAlways(operation: HttpOperation, fault: HttpFault | undefined): void;
  /** Refuses connections, until `start`. Jobs and files are kept. */
  stop(): Promise<void>;
  start(): Promise<void>;
}

/** A webhook call as the service would send it. */
export interface WebhookCall {
  headers: Record<string, string>;
  body: string;
}

/** Makes webhook calls as a service sends them. */
export interface WebhookBackend {
  /** Whether calls are signed and carry the time. */
  signed: boolean;
  /**
   * The call about a job as it is now, signed now; with so many signatures of other keys before the right one.
   * Default 0.
   */
  call(id: string, otherSignatures?: number): WebhookCall;
}
