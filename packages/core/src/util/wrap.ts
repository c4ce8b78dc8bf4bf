import type { ExecutorV1, ScorerV1, SelectorV1 } from '../spec/index.ts';

/** An executor with some methods replaced; `change` gets the original, so a wrapper can call it. */
export function wrapExecutor<T extends ExecutorV1>(
  part: T,
  change: (part: T) => Partial<Omit<ExecutorV1, 'spec' | 'role'>>,
): T {
  return { ...part, ...change(part) };
}

/** A selector with some methods replaced; `change` gets the original. */
export function wrapSelector<T extends SelectorV1>(
  part: T,
  change: (part: T) => Partial<Omit<SelectorV1, 'spec' | 'role'>>,
): T {
  return { ...part, ...change(part) };
}

/** A scorer with some methods replaced; `change` gets the original. */
export function wrapScorer<T extends ScorerV1>(
  part: T,
  change: (part: T) => Partial<Omit<ScorerV1, 'spec' | 'role'>>,
): T {
  return { ...part, ...change(part) };
}
