import type { LanguageUsage } from 'comfygen/plugin';

/**
 * The sum of several requests' usage; `undefined` where nothing was paid. The cost is given only where each request's
 * is known.
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
