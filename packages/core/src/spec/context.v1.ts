/** The three kinds of parts that a host plugs in. */
export type PartRole = 'selector' | 'executor' | 'scorer';

/** The part that an error, event or record is about. The last three roles are used inside other parts or core. */
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
  /**
   * `asked-not-given`: somebody asked for it and did not get it; `note`: good to know. Filled in by core, by the table
   * of docs/warnings.md, where a part leaves it out.
   */
  level?: 'asked-not-given' | 'note' | undefined;
  /** The part that said it; filled in by core where a part leaves it out. */
  part?: PartRef | undefined;
  /** Machine-readable facts behind the sentence; JSON-safe. */
  details?: unknown;
}

/** The time source of parts: they read no other clock, so tests can give them their own. */
export interface Clock {
  /** Milliseconds since the Unix epoch: for dates only, since somebody may set this clock while a run goes on. */
  now(): number;
  /**
   * Milliseconds since some moment, whoever sets the clock meanwhile: for durations. Without it those of core and its
   * parts are measured by the machine, so a clock that runs faster than that needs it.
   */
  monotonic?(): number;
  /** Resolves after `ms` milliseconds; rejects with `signal.reason` as soon as the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Takes the messages that parts log for developers. Nothing is logged unless the host supplies one. */
export interface Log {
  /** Logs a detail that helps to find a fault. */
  debug(message: string, fields?: Record<string, unknown>): void;
  /** Logs what happened. */
  info(message: string, fields?: Record<string, unknown>): void;
  /** Logs what went wrong without stopping the work. */
  warn(message: string, fields?: Record<string, unknown>): void;
}

/** Signal, deadline, clock and log of one call; the last argument of every method of every part. */
export interface CallContext {
  /** Aborted when the caller gave up or the deadline passed. A part rethrows `signal.reason` untouched. */
  signal: AbortSignal;
  /** When the whole run must be over, on `clock.now()`; `undefined` for no limit. */
  deadline: number | undefined;
  /** Within one run of core's, `now()` goes on from the run's begin, whoever sets the machine's clock meanwhile. */
  clock: Clock;
  log: Log;
}
