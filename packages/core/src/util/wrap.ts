import type { ExecutorV1, ScorerV1, SelectorV1 } from '../spec/index.ts';

/** An executor with some methods replaced; `change` gets the original, so a wrapper can call it. */
export function wrapExecutor<T extends ExecutorV1>(
  part: T,
  change: (part: T) => Partial<Omit<ExecutorV1, 'spec' | 'role'>>,
): T {
  return wrap(part, change(part));
}

/** A selector with some methods replaced; `change` gets the original. */
export function wrapSelector<T extends SelectorV1>(
  part: T,
  change: (part: T) => Partial<Omit<SelectorV1, 'spec' | 'role'>>,
): T {
  return wrap(part, change(part));
}

/** A scorer with some methods replaced; `change` gets the original. */
export function wrapScorer<T extends ScorerV1>(
  part: T,
  change: (part: T) => Partial<Omit<ScorerV1, 'spec' | 'role'>>,
): T {
  return wrap(part, change(part));
}

/** Under a new name the part inside still reads its options by the old one. */
function wrap<T extends ExecutorV1 | SelectorV1 | ScorerV1>(part: T, changes: object): T {
  const wrapped = { ...part, ...changes };
  if (wrapped.name === part.name) return wrapped;
  return { ...wrapped, inner: namesIn(part) };
}

/** A part's name and those of the parts inside of it, by which a run's options are given. */
export function namesIn({ name, inner = [] }: ExecutorV1 | SelectorV1 | ScorerV1): string[] {
  return [name, ...inner];
}
