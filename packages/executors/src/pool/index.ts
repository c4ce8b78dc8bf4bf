export type { BreakerState, BreakReason } from './breaker.ts';
export type { PoolMember, PoolOptions } from './options.ts';
export { type Pool, pool } from './pool.ts';
export type { PoolMemberStatus, PoolStatus } from './status.ts';
