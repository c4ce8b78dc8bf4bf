/** The three kinds of parts that a host plugs in. */
export type PartRole = 'selector' | 'executor' | 'scorer';

/** Names one part in errors, events and records; the last three are what other parts and core are made of. */
export interface PartRef {
  role: PartRole | 'language-model' | 'embedder' | 'reader';
  name: string;
}

/** Something the caller should know that did not stop the work: skipped, truncated, defaulted, cached. */
export interface Warning {
  /** Stable, lower-kebab-case: `unknown-words`, `seed-defaulted`. */
  code: string;
  /** One sentence for a person. */
  message: string;
  /** The part that said it; filled in by core where a part leaves it out. */
  part?: PartRef | undefined;
  /** Machine-readable facts behind the sentence; JSON-safe. */
  details?: unknown;
}

/** Time as parts see it. Tests inject their own; nothing else in a part may read a clock. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Resolves after `ms` milliseconds; rejects with `signal.reason` as soon as the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Where parts put what a developer may want to read; silent unless the host supplies one. */
export interface Log {
  /** What only somebody who looks for a fault wants. */
  debug(message: string, fields?: Record<string, unknown>): void;
  /** What happened. */
  info(message: string, fields?: Record<string, unknown>): void;
  /** What went wrong without stopping the work. */
  warn(message: string, fields?: Record<string, unknown>): void;
}

/** The last argument of every method of every part. */
export interface CallContext {
  /** Aborted when the caller gave up or the deadline passed. A part rethrows `signal.reason` untouched. */
  signal: AbortSignal;
  /** When the whole run must be over, in milliseconds since the epoch; `undefined` for no limit. */
  deadline: number | undefined;
  clock: Clock;
  log: Log;
}
