import type { JsonObject } from 'comfygen/plugin';
import { z } from 'zod';
import { type LanguagePrices, pricesSchema } from './prices.ts';

/** Settings that every provider has. */
export interface CallOptions {
  /** The model's id, as the provider writes it. */
  model: string;
  /** Most tokens of a reply whose request names no limit; thinking counts. */
  maxTokens?: number | undefined;
  /**
   * How often a request is sent again after a refusal or a break that may pass (408, 409, 429, 5xx), by the SDK: after
   * the pause that the server asks for, else 0.5 to 8 s. 0 to 10. A reply says when it happened. Default: 2.
   */
  maxRetries?: number | undefined;
  /**
   * The longest pause before a retry, in milliseconds: a server that asks for more is not asked again, and the error
   * has `retryAfterMs`. Default: 30,000.
   */
  maxRetryAfterMs?: number | undefined;
  /** The longest that one call may take, retries included, in milliseconds. Default: 120,000. */
  timeoutMs?: number | undefined;
  /** The model's prices, for the cost of replies. Default: none, and costs are `null`. */
  prices?: LanguagePrices | undefined;
  /** More fields of each request, by the API's own names. What this package sets wins. */
  body?: JsonObject | undefined;
  /** Used in place of the platform's `fetch`. */
  fetch?: typeof fetch | undefined;
  /** Lets the SDK run in a browser, where whoever uses the page can see the key. Default: false, and it refuses. */
  dangerouslyAllowBrowser?: boolean | undefined;
}

/** Checks what `CallOptions` holds. */
export const callOptions = {
  model: z.string().min(1),
  maxTokens: z.int().min(1).optional(),
  maxRetries: z.int().min(0).max(10).default(2),
  maxRetryAfterMs: z.number().min(0).default(30_000),
  timeoutMs: z
    .int()
    .min(1)
    .max(2 ** 31 - 1)
    .default(120_000),
  prices: pricesSchema.optional(),
  body: z.record(z.string(), z.json()).optional(),
  fetch: z.custom<typeof fetch>((value) => typeof value === 'function', 'must be fetch').optional(),
  dangerouslyAllowBrowser: z.boolean().default(false),
};

/** Where a key and an address come from. */
export const credentialOptions = {
  apiKey: z.string().optional(),
  baseUrl: z.url({ protocol: /^https?$/ }).optional(),
};
