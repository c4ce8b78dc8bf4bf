import { type Attempt, ComfygenError, createComfyGen, defineFlow } from 'comfygen';
import { createTestGraph, type HttpFault } from 'comfygen/testing';
import { describe, expect, it } from 'vitest';
import type { ServiceUnderTest } from './service.ts';

const RUNS = 60;
const FAULTS: HttpFault[] = [
  { kind: 'status', status: 500 },
  { kind: 'status', status: 503, headers: { 'retry-after': '2' } },
  { kind: 'reset' },
  { kind: 'reset-after' },
  { kind: 'truncated' },
  { kind: 'html' },
  { kind: 'silence' },
  { kind: 'slow', ms: 5_000 },
  { kind: 'rate-limited', hint: 'detail', ms: 3_000 },
];

/**
 * Many runs at once under seeded faults of every kind: each ends, and no job is made twice but for a picture that
 * can't be fetched.
 */
export function campaignCases(service: ServiceUnderTest): void {
  const { open, submitRoute, inspectRoute, fileRoute } = service;
  describe('a campaign', { tags: ['campaign'] }, () => {
    it.each([1, 2])('of 60 runs under faults, seed %i', async (start) => {
      const bench = await open(() => ({ queueMs: 1_000, stepMs: 500 }));
      const { clock, executor, api, files } = bench;
      let state = start;
      const random = () => {
        state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
        return state / 2 ** 32;
      };
      const script = (length: number, share: number) =>
        Array.from({ length }, () =>
          random() < share ? FAULTS[Math.floor(random() * FAULTS.length)] : undefined,
        );
      api.faults.add(submitRoute, ...script(RUNS * 2, 0.2));
      api.faults.add(inspectRoute, ...script(RUNS * 40, 0.2));
      // Rare enough that hardly a picture can't be fetched three times in a row.
      files.faults.add(fileRoute, ...script(RUNS * 2, 0.05));
      const flow = defineFlow({ id: 'one', workflow: createTestGraph() });
      const host = createComfyGen({ flows: [flow], executor, clock, concurrency: 20 });
      const runs = Array.from({ length: RUNS }, (_, seed) =>
        host.generate('a red apple', { seed }),
      );
      const ends = await clock.run(Promise.allSettled(runs), 24 * 3_600_000);
      const codes = ends.map((end) => {
        if (end.status === 'fulfilled') return end.value.images.length === 1 ? 'made' : 'empty';
        return ComfygenError.is(end.reason) ? end.reason.code : String(end.reason);
      });
      const made = codes.filter((code) => code === 'made').length;
      expect(made).toBeGreaterThan(RUNS * 0.6);
      const known = [
        'made',
        'SUBMIT_UNKNOWN',
        'NO_IMAGE',
        'RATE_LIMITED',
        'HOST_FAULT',
        'PROTOCOL',
      ];
      expect(codes.filter((code) => !known.includes(code))).toEqual([]);
      const seeds = await bench.seeds();
      for (const [seed, end] of ends.entries()) {
        const jobs = seeds.filter((one) => one === String(seed)).length;
        const attempts: Attempt[] =
          end.status === 'fulfilled' ? end.value.attempts : (end.reason.details?.attempts ?? []);
        // Core makes a picture again that it could not fetch.
        const lost = attempts.filter(({ error }) => error?.message.includes('cg0-'));
        expect(jobs, `jobs of run ${seed}`).toBeLessThanOrEqual(1 + lost.length);
      }
      expect(seeds.length).toBeGreaterThanOrEqual(made);
    });
  });
}
