import assert from 'node:assert/strict';
import type { JobRef } from '../../spec/index.ts';
import { assertImage, pixelData } from '../picture.ts';
import type { ExecutorCase } from './executor-bench.ts';

export const referenceCases: ExecutorCase[] = [
  {
    proves: 7,
    name: 'hands out the reference before the job can exist',
    needs: ['ownId'],
    async run({ executor, plan, call }) {
      const seen: JobRef[] = [];
      let kept = false;
      const onRef = async (ref: JobRef) => {
        seen.push(structuredClone(ref));
        const early = await executor.inspect(ref, call()).catch(() => undefined);
        assert.notEqual(early?.state, 'succeeded', 'the job ran before its reference was kept');
        kept = true;
      };
      const ref = await executor.submit(plan(), { ...call(), onRef });
      assert.equal(seen.length, 1, `onRef was called ${seen.length} times`);
      assert.ok(kept, 'submit must wait for onRef');
      assert.deepEqual(seen[0], ref, 'onRef got another reference than submit gave');
    },
  },
  {
    proves: 7,
    name: 'starts nothing where the reference could not be kept',
    needs: ['ownId'],
    async run({ executor, plan, call }) {
      const full = new Error('the store is full');
      let lost: JobRef | undefined;
      const onRef = async (ref: JobRef) => {
        lost = ref;
        throw full;
      };
      await assert.rejects(executor.submit(plan(), { ...call(), onRef }), 'submit went on');
      const after = await executor.inspect(lost!, call()).catch(() => undefined);
      assert.ok(
        after === undefined || after.state === 'failed' || after.state === 'expired',
        `the job is ${after?.state} although submit failed`,
      );
    },
  },
  {
    proves: 9,
    name: 'says the same of an ended job each time',
    async run({ executor, submit, end, call }) {
      const ref = await submit();
      const first = structuredClone(await end(ref));
      const second = await executor.inspect(ref, call());
      assert.equal(second.state, first.state);
      assert.deepEqual(second.outputs, first.outputs);
    },
  },
  {
    proves: 9,
    name: 'downloads the same bytes again, whatever was done to the first',
    async run({ executor, submit, end, call }) {
      const ref = await submit();
      const { outputs } = await end(ref);
      const first = await executor.download(outputs[0]!, ref, call());
      const copy = first.bytes.slice();
      first.bytes.fill(0);
      const second = await executor.download(outputs[0]!, ref, call());
      assert.deepEqual(second.bytes, copy);
    },
  },
  {
    proves: 8,
    name: 'does not mix two jobs that run at once',
    async run({ executor, plan, submit, picture }) {
      const refs = await Promise.all([submit(plan(1)), submit(plan(2))]);
      assert.notEqual(refs[0].id, refs[1].id, 'two jobs have one id');
      const [one, two] = await Promise.all([picture(plan(1)), picture(plan(2))]);
      if (!executor.supports.seed) return;
      const alone = [(await picture(plan(1))).bytes, (await picture(plan(2))).bytes];
      const both = [one.bytes, two.bytes];
      assert.ok(
        alone.map(pixelData).join() === both.map(pixelData).join(),
        'the pictures differ from those made alone',
      );
      assert.notEqual(pixelData(one.bytes), pixelData(two.bytes), 'both got one picture');
    },
  },
  {
    proves: 7,
    name: 'goes on with a job of another process',
    needs: ['resume'],
    async run({ another, submit, end, call }) {
      const ref: JobRef = JSON.parse(JSON.stringify(await submit()));
      const later = another();
      const { state, outputs } = await end(ref, later);
      assert.equal(state, 'succeeded');
      const { bytes, mediaType } = await later.download(outputs[0]!, ref, call());
      assertImage(bytes, mediaType);
    },
  },
];
