import type { JobRef } from 'comfygen/plugin';
import { describe, expect, it } from 'vitest';
import { planOf, textToImage } from '../comfyui/graphs.ts';
import { type ServiceUnderTest, SLOW } from './service.ts';

/** Cases 1 to 5 and 7 to 9. */
export function lifecycleCases({ open, inspectRoute }: ServiceUnderTest): void {
  describe('lifecycle', () => {
    it('1: queued, running, succeeded, and the bytes of the service', async () => {
      const { submit, inspect, end, download, clock, files } = await open(SLOW);
      const ref = await submit();
      expect((await inspect(ref)).state).toBe('queued');
      await clock.advance(4_000);
      expect((await inspect(ref)).state).toBe('running');
      const last = await end(ref);
      expect(last).toMatchObject({ state: 'succeeded', outputs: [{ nodeId: 'save', index: 0 }] });
      const { bytes, mediaType } = await download(last, ref);
      const { path } = files.requests[0]!;
      const theirs = new Uint8Array(await (await fetch(files.url + path)).arrayBuffer());
      expect([bytes, mediaType]).toEqual([theirs, 'image/png']);
      const { queuedMs, runMs } = last.timings!;
      expect([queuedMs, runMs]).toEqual([3_000, 4_000]);
    });

    it('2: already over at the first look', async () => {
      const { play, api } = await open();
      expect((await play()).snapshot.state).toBe('succeeded');
      expect(api.count(inspectRoute)).toBe(1);
    });

    it('3: states that nobody saw are no trouble', async () => {
      const { submit, inspect, clock } = await open(SLOW);
      const ref = await submit();
      await clock.advance(60_000);
      expect((await inspect(ref)).state).toBe('succeeded');
    });

    it('4: an unknown word goes on, and is said', async () => {
      const { submit, inspect, end, api, show } = await open(SLOW);
      const ref = await submit();
      const body = { ...show(ref.id), status: 'WARMING_UP' };
      api.faults.add(inspectRoute, { kind: 'status', status: 200, body });
      expect(await inspect(ref)).toMatchObject({ state: 'running', rawState: 'WARMING_UP' });
      api.faults.add(inspectRoute, { kind: 'status', status: 200, body });
      const codes = (await inspect(ref)).warnings.map(({ code }) => code);
      expect(codes).toContain('unknown-state');
      expect((await end(ref)).state).toBe('succeeded');
    });

    it('5: words in other letters', async () => {
      const { play, inspect, api, show } = await open();
      const { ref } = await play();
      const word = String(show(ref.id)['status']);
      for (const status of [word.toLowerCase(), word.toUpperCase()]) {
        api.faults.add(inspectRoute, {
          ...{ kind: 'status', status: 200 },
          body: { ...show(ref.id), status },
        });
        expect((await inspect(ref)).state).toBe('succeeded');
      }
    });

    it('7: another process goes on from JSON', async () => {
      const { submit, another, call, clock } = await open(SLOW);
      const ref: JobRef = JSON.parse(JSON.stringify(await submit()));
      await clock.advance(30_000);
      const later = another();
      const { state, outputs } = await clock.run(later.inspect(ref, call()));
      expect(state).toBe('succeeded');
      const { bytes } = await clock.run(later.download(outputs[0]!, ref, call()));
      expect(bytes.length).toBeGreaterThan(50);
    });

    it('7: a reference without our own notes is enough', async () => {
      const { play, inspect } = await open();
      const { ref, snapshot } = await play();
      const { data: _, ...bare } = ref;
      const { state, outputs } = await inspect(bare);
      expect([state, outputs]).toEqual(['succeeded', snapshot.outputs]);
    });

    it('8: two jobs at once stay apart', async () => {
      const { executor, call, clock, end, download } = await open(SLOW);
      const plans = [planOf(textToImage(1)), planOf(textToImage(2)), planOf(textToImage(1))];
      const refs = await clock.run(Promise.all(plans.map((plan) => executor.submit(plan, call()))));
      const bytes = [];
      for (const ref of refs.toReversed())
        bytes.unshift((await download(await end(ref), ref)).bytes);
      expect(bytes[0]).not.toEqual(bytes[1]);
      expect(bytes[0]).toEqual(bytes[2]);
    });

    it('9: an ended job says the same each time', async () => {
      const { play, inspect } = await open();
      const { ref, snapshot } = await play();
      expect(await inspect(ref)).toEqual(snapshot);
    });
  });
}
