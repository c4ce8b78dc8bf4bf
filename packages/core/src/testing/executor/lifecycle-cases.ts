import assert from 'node:assert/strict';
import type { JobRef } from '../../spec/index.ts';
import { assertJsonSafe, assertNoSecret, assertWarnings } from '../check.ts';
import { assertImage, pixelData } from '../picture.ts';
import type { ExecutorCase } from './executor-bench.ts';

export const lifecycleCases: ExecutorCase[] = [
  {
    name: 'takes a plan to the bytes of a real image',
    async run({ picture }) {
      const { bytes, mediaType } = await picture();
      assertImage(bytes, mediaType);
    },
  },
  {
    name: 'gives references and snapshots as plain JSON, in its own name, without secrets',
    async run({ executor, backend, submit, end, call }) {
      const ref = await submit();
      assert.equal(ref.executor, executor.name);
      assert.ok(typeof ref.id === 'string' && ref.id !== '', 'a reference needs an id');
      assertJsonSafe(ref, 'the reference');
      const first = await executor.inspect(ref, call());
      const last = await end(ref);
      for (const snapshot of [first, last]) {
        assertJsonSafe(snapshot, 'the snapshot');
        assertWarnings(snapshot.warnings, 'the snapshot');
        assert.equal(typeof snapshot.rawState, 'string', "rawState is the backend's own word");
      }
      assertNoSecret([ref, first, last], backend.secrets, 'a reference or snapshot');
    },
  },
  {
    name: 'numbers its outputs, and names their nodes where it says so',
    async run({ executor, plan, submit, end }) {
      const own = plan();
      const { outputs } = await end(await submit(own));
      for (const [place, { index, nodeId }] of outputs.entries()) {
        assert.equal(index, place, 'outputs must be in the order of their index');
        if (executor.supports.nodeOutputs)
          assert.ok(own.outputNodes.includes(String(nodeId)), `${nodeId} is no output node`);
      }
    },
  },
  {
    name: 'hands out the reference before the job can exist',
    skip: ({ executor }) => (executor.supports.ownId ? undefined : 'the backend chooses the ids'),
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
    name: 'starts nothing where the reference could not be kept',
    skip: ({ executor }) => (executor.supports.ownId ? undefined : 'the backend chooses the ids'),
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
    name: 'leaves the plan as it was',
    async run({ plan, submit, end }) {
      const own = plan();
      const before = structuredClone(own);
      await end(await submit(own));
      assert.deepEqual(own, before, 'the plan was changed');
    },
  },
  {
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
    name: 'runs the seed of the graph',
    skip: ({ executor }) => (executor.supports.seed ? undefined : 'promises nothing about seeds'),
    async run({ plan, picture }) {
      const seven = pixelData((await picture(plan(7))).bytes);
      const eight = pixelData((await picture(plan(8))).bytes);
      const again = pixelData((await picture(plan(7))).bytes);
      assert.notEqual(eight, seven, 'seeds 7 and 8 gave the same picture');
      assert.equal(again, seven, 'seed 7 gave two different pictures');
    },
  },
  {
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
    name: 'goes on with a job of another process',
    skip: ({ executor }) => (executor.supports.resume ? undefined : 'references end with it'),
    async run({ another, submit, end, call }) {
      const ref: JobRef = JSON.parse(JSON.stringify(await submit()));
      const later = another();
      const { state, outputs } = await end(ref, later);
      assert.equal(state, 'succeeded');
      const { bytes, mediaType } = await later.download(outputs[0]!, ref, call());
      assertImage(bytes, mediaType);
    },
  },
  {
    name: 'may be disposed of twice, and then takes no more jobs',
    skip: ({ executor }) => (executor.dispose ? undefined : 'has nothing to dispose of'),
    async run({ executor, picture, submit }) {
      await picture();
      await executor.dispose!();
      await executor.dispose!();
      await assert.rejects(submit(), 'a disposed executor took a job');
    },
  },
];
