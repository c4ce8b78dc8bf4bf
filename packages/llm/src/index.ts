export { withCache } from './cache/with-cache.ts';
