import type { ExecutorV1, ScorerV1, SelectorV1 } from '../spec/index.ts';

/** An executor from its name, manifest and methods; `spec` and `role` are added. */
export function defineExecutor<T extends Omit<ExecutorV1, 'spec' | 'role'>>(
  part: T,
): T & Pick<ExecutorV1, 'spec' | 'role'> {
  return { spec: 'v1', role: 'executor', ...part };
}

/** A selector from its name, manifest and methods; `spec` and `role` are added. */
export function defineSelector<T extends Omit<SelectorV1, 'spec' | 'role'>>(
  part: T,
): T & Pick<SelectorV1, 'spec' | 'role'> {
  return { spec: 'v1', role: 'selector', ...part };
}

/** A scorer from its name, version, range, manifest and methods; `spec` and `role` are added. */
export function defineScorer<T extends Omit<ScorerV1, 'spec' | 'role'>>(
  part: T,
): T & Pick<ScorerV1, 'spec' | 'role'> {
  return { spec: 'v1', role: 'scorer', ...part };
}
