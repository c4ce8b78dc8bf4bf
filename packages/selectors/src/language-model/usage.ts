import type { LanguageUsage } from 'comfygen/plugin';

/**
 * What several requests took together; `undefined` where nothing was paid. The cost is known only where every one's is.
 */
export function addUsage(
  one: LanguageUsage | undefined,
  other: LanguageUsage | undefined,
): LanguageUsage | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  const areKnown = one.costUsd !== null && other.costUsd !== null;
  return {
    inputTokens: one.inputTokens + other.inputTokens,
    outputTokens: one.outputTokens + other.outputTokens,
    cachedTokens: one.cachedTokens + other.cachedTokens,
    costUsd: areKnown ? one.costUsd! + other.costUsd! : null,
  };
}
