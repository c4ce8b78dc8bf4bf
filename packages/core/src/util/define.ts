import type { ExecutorV1, ScorerV1, SelectorV1 } from '../spec/index.ts';

// NoInfer: where the result has an expected type, TypeScript would else take T from there, `spec` included.

/** An executor from its name, manifest and methods; `spec` and `role` are added, optional methods stay known. */
export function defineExecutor<T extends Omit<ExecutorV1, 'spec' | 'role'>>(
  part: T,
): NoInfer<T> & Pick<ExecutorV1, 'spec' | 'role'> {
  return { ...part, spec: 'v1', role: 'executor' };
}

/** A selector from its name, manifest and methods; `spec` and `role` are added. */
export function defineSelector<T extends Omit<SelectorV1, 'spec' | 'role'>>(
  part: T,
): NoInfer<T> & Pick<SelectorV1, 'spec' | 'role'> {
  return { ...part, spec: 'v1', role: 'selector' };
}

/** A scorer from its name, version, range, manifest and methods; `spec` and `role` are added. */
export function defineScorer<T extends Omit<ScorerV1, 'spec' | 'role'>>(
  part: T,
): NoInfer<T> & Pick<ScorerV1, 'spec' | 'role'> {
  return { ...part, spec: 'v1', role: 'scorer' };
}
