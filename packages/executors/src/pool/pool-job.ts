import type { Plan } from 'comfygen/plugin';
import { readNeeds } from './needs.ts';
import type { PoolJob } from './types.ts';

/** A job before it has a place. */
export function createPoolJob(turn: number, plan: Plan | undefined, now: number): PoolJob {
  return {
    turn,
    plan: plan && structuredClone(plan),
    needs: plan && readNeeds(plan),
    first: undefined,
    onRef: async () => {},
    refusals: new Map(),
    refused: undefined,
    avoid: undefined,
    strandedSince: undefined,
    fits: new Map(),
    flight: undefined,
    last: undefined,
    moving: undefined,
    stop: undefined,
    final: undefined,
    reruns: 0,
    warnings: [],
    canceled: false,
    askedAt: now,
  };
}
