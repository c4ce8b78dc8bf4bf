import type { LanguageUsage } from 'comfygen/plugin';

/** What several requests took together; the cost is known only where every one's is. */
export function addUsage(sum: LanguageUsage | undefined, more: LanguageUsage): LanguageUsage {
  if (sum === undefined) return { ...more };
  const areKnown = sum.costUsd !== null && more.costUsd !== null;
  return {
    inputTokens: sum.inputTokens + more.inputTokens,
    outputTokens: sum.outputTokens + more.outputTokens,
    cachedTokens: sum.cachedTokens + more.cachedTokens,
    costUsd: areKnown ? sum.costUsd! + more.costUsd! : null,
  };
}
