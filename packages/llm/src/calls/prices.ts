import type { LanguageUsage } from 'comfygen/plugin';
import { z } from 'zod';

/**
 * What a provider asks for a model, in US dollars for a million tokens. None are built in: prices change, and only the
 * provider's own page is right.
 */
export interface LanguagePrices {
  input: number;
  output: number;
  /** Input read from the provider's cache. Unknown where absent: the cost of a reply that read any is `null`. */
  cacheRead?: number | undefined;
  /** Input written to the provider's cache, where that has its own price. Unknown where absent, like `cacheRead`. */
  cacheWrite?: number | undefined;
}

const price = z.number().min(0);

/** Checks `prices`. */
export const pricesSchema = z.strictObject({
  input: price,
  output: price,
  cacheRead: price.optional(),
  cacheWrite: price.optional(),
});

/** Tokens of one request by what they cost. */
export interface BilledTokens {
  /** Input that no cache was involved in. */
  plain: number;
  cacheRead: number;
  cacheWrite: number;
  output: number;
}

/** Tokens as every provider's are told, and what they cost where that is known. */
export function usageOf(tokens: BilledTokens, prices: LanguagePrices | undefined): LanguageUsage {
  const { plain, cacheRead, cacheWrite, output } = tokens;
  return {
    inputTokens: plain + cacheRead + cacheWrite,
    outputTokens: output,
    cachedTokens: cacheRead,
    costUsd: prices === undefined ? null : costOf(tokens, prices),
  };
}

function costOf(tokens: BilledTokens, prices: LanguagePrices): number | null {
  const parts: [number, number | undefined][] = [
    [tokens.plain, prices.input],
    [tokens.output, prices.output],
    [tokens.cacheRead, prices.cacheRead],
    [tokens.cacheWrite, prices.cacheWrite],
  ];
  let dollars = 0;
  for (const [count, perMillion] of parts) {
    if (count === 0) continue;
    if (perMillion === undefined) return null;
    dollars += (count * perMillion) / 1_000_000;
  }
  return dollars;
}
