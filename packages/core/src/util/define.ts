import type { ExecutorV1, ScorerV1, SelectorV1 } from '../spec/index.ts';

/** A part's manifest with every field said. */
export type Complete<Supports> = { [Name in keyof Supports]-?: boolean };

/** The manifest of an executor that supports nothing. */
export const EXECUTOR_SUPPORTS: Complete<ExecutorV1['supports']> = {
  progress: false,
  watchPolls: false,
  previews: false,
  resume: false,
  ownId: false,
  seed: false,
  nodeOutputs: false,
  files: false,
  http: false,
};
/** The manifest of a selector that supports nothing. */
export const SELECTOR_SUPPORTS: Complete<SelectorV1['supports']> = {
  deterministic: false,
  network: false,
  parts: false,
};
/** The manifest of a scorer that supports nothing. */
export const SCORER_SUPPORTS: Complete<ScorerV1['supports']> = {
  deterministic: false,
  prompt: false,
  network: false,
  parts: false,
};

// NoInfer: where the result has an expected type, TypeScript would else take T from there, `spec` included.

/**
 * An executor from its name, manifest and methods; `spec` and `role` are added, and `supports` says `false` of what it
 * does not name. Optional methods stay known.
 */
export function defineExecutor<T extends Omit<ExecutorV1, 'spec' | 'role'>>(
  part: T,
): Defined<NoInfer<T>, ExecutorV1> {
  const supports = complete(EXECUTOR_SUPPORTS, part.supports);
  return { ...part, spec: 'v1', role: 'executor', supports };
}

/** A selector from its name, manifest and methods; `spec` and `role` are added, `supports` is completed. */
export function defineSelector<T extends Omit<SelectorV1, 'spec' | 'role'>>(
  part: T,
): Defined<NoInfer<T>, SelectorV1> {
  const supports = complete(SELECTOR_SUPPORTS, part.supports);
  return { ...part, spec: 'v1', role: 'selector', supports };
}

/**
 * A scorer from its name, version, range, manifest and methods; `spec` and `role` are added, `supports` is completed.
 */
export function defineScorer<T extends Omit<ScorerV1, 'spec' | 'role'>>(
  part: T,
): Defined<NoInfer<T>, ScorerV1> {
  const supports = complete(SCORER_SUPPORTS, part.supports);
  return { ...part, spec: 'v1', role: 'scorer', supports };
}

/** A part of this kind as it was given, with what `define` adds. */
export type Defined<T, Part extends ExecutorV1 | SelectorV1 | ScorerV1> = T &
  Pick<Part, 'spec' | 'role'> & { supports: Complete<Part['supports']> };

function complete<Supports extends object>(
  none: Complete<Supports>,
  given: Supports,
): Complete<Supports> {
  const said = Object.entries(given).filter(([, value]) => value !== undefined);
  return { ...none, ...Object.fromEntries(said) };
}
