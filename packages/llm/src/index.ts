export { withCache } from './cache/with-cache.ts';
export type { LanguagePrices } from './calls/prices.ts';
