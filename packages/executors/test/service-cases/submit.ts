import type { Plan } from 'comfygen/plugin';
import { describe, expect, it } from 'vitest';
import { planOf, textToImage } from '../comfyui/graphs.ts';
import { errorOf } from '../job-bench.ts';
import { createHost, type ServiceUnderTest } from './service.ts';

const STATUSES: [number, string][] = [
  [400, 'INVALID_WORKFLOW'],
  [401, 'AUTH'],
  [402, 'PAYMENT'],
  [403, 'FORBIDDEN'],
  [404, 'NOT_FOUND'],
  [413, 'PAYLOAD_TOO_LARGE'],
  [422, 'INVALID_WORKFLOW'],
];
const BIG_SEED = 2n ** 64n - 1n;

/** Cases 10 to 18. */
export function submitCases({ open, submitRoute, authorization }: ServiceUnderTest): void {
  describe('submit', () => {
    it('10: the key is in each request to the service', async () => {
      const { play, api } = await open();
      await play();
      expect(new Set(api.requests.map(({ headers }) => headers['authorization']))).toEqual(
        new Set([authorization]),
      );
    });

    it('11: the graph arrives as it is but for tags, and stays as it was', async () => {
      const { submit, sent } = await open();
      const plan = planOf(textToImage(BIG_SEED));
      const before = structuredClone(plan);
      await submit(plan);
      expect(plan).toEqual(before);
      const graph = sent();
      expect(graph['save']!.inputs['filename_prefix']).toBe('cg0-test');
      graph['save']!.inputs['filename_prefix'] = 'test';
      expect(graph).toEqual(plan.workflow);
    });

    it('12: a graph of the editor is refused before any request', async () => {
      const { executor, call, api } = await open();
      const editor = { nodes: [], links: [], version: 0.4 } as unknown as Plan['workflow'];
      const error = await errorOf(executor.submit(planOf(editor), call()));
      expect(error.code).toBe('UNSUPPORTED_FORMAT');
      const bare = { 1: { class_type: 'SaveImage' } } as unknown as Plan['workflow'];
      expect(await errorOf(executor.submit(planOf(bare), call()))).toMatchObject({
        code: 'INVALID_WORKFLOW',
        details: { nodeId: '1' },
      });
      expect(api.requests).toHaveLength(0);
    });

    it.each(STATUSES)('13: %i is %s, and what it said is kept', async (status, code) => {
      const { executor, call, clock, api } = await open();
      const body = { message: 'no', node_errors: { 3: { errors: [] } } };
      api.faults.add(submitRoute, { kind: 'status', status, body });
      const error = await errorOf(clock.run(executor.submit(planOf(), call())));
      expect(error).toMatchObject({ code, details: { status, body } });
    });

    it.each(['seconds', 'date', 'body', 'detail', 'none'] as const)(
      '14: 429 with a hint in %s is waited for',
      async (hint) => {
        const bench = await open();
        const { clock, api } = bench;
        api.faults.add(submitRoute, { kind: 'rate-limited', hint, ms: 7_000 });
        const before = clock.now();
        const { attempts } = await clock.run(createHost(bench).generate('a red apple'));
        expect(attempts.map(({ error }) => error?.code)).toEqual(['RATE_LIMITED', undefined]);
        expect(clock.now() - before).toBe(hint === 'none' ? 500 : 7_000);
        expect(api.count(submitRoute)).toBe(2);
      },
    );

    it('14: 429 that asks for too long is not', async () => {
      const bench = await open();
      const { clock, api } = bench;
      api.faults.always(submitRoute, { kind: 'rate-limited', hint: 'seconds', ms: 600_000 });
      const error = await errorOf(clock.run(createHost(bench).generate('a red apple')));
      expect(error).toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: 600_000 });
      expect(api.count(submitRoute)).toBe(1);
    });

    it('15: a connection that breaks after the job was taken: one POST, and SUBMIT_UNKNOWN', async () => {
      const bench = await open();
      const { clock, api } = bench;
      api.faults.add(submitRoute, { kind: 'reset-after' });
      const error = await errorOf(clock.run(createHost(bench).generate('a red apple')));
      expect(error.code).toBe('SUBMIT_UNKNOWN');
      expect(api.count(submitRoute)).toBe(1);
    });

    it.each([500, 502, 504])('16: %i on submit is not repeated', async (status) => {
      const bench = await open();
      const { clock, api } = bench;
      api.faults.add(submitRoute, { kind: 'status', status, body: 'oops' });
      const error = await errorOf(clock.run(createHost(bench).generate('a red apple')));
      expect(error.code).toBe('SUBMIT_UNKNOWN');
      expect(api.count(submitRoute)).toBe(1);
    });

    it('17: bodies that are no JSON, and empty ones', async () => {
      const { executor, call, clock, api } = await open();
      const submitted = () => errorOf(clock.run(executor.submit(planOf(), call())));
      api.faults.add(submitRoute, { kind: 'status', status: 403 });
      expect((await submitted()).code).toBe('FORBIDDEN');
      api.faults.add(submitRoute, { kind: 'status', status: 403, body: '<b>go away</b>' });
      expect((await submitted()).message).toContain('go away');
      api.faults.add(submitRoute, { kind: 'html' });
      expect((await submitted()).code).toBe('SUBMIT_UNKNOWN');
      api.faults.add(submitRoute, { kind: 'truncated' });
      expect((await submitted()).code).toBe('SUBMIT_UNKNOWN');
    });

    it('18: 45 seconds to accept are borne', async () => {
      const bench = await open();
      bench.api.faults.add(submitRoute, { kind: 'slow', ms: 45_000 });
      expect((await bench.play()).snapshot.state).toBe('succeeded');
    });
  });
}
