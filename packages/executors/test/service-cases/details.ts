import type { Plan } from 'comfygen/plugin';
import { createScenarioGraph, createTestGraph, createTestPlan } from 'comfygen/testing';
import { describe, expect, it } from 'vitest';
import { errorOf } from '../job-bench.ts';
import type { ServiceUnderTest } from './service.ts';

/** What both services promise beyond the suite of all executors. */
export function detailCases({ open, submitRoute, inspectRoute }: ServiceUnderTest) {
  describe('beyond the suite', () => {
    it('tells how long a job waited and ran', async () => {
      const { play } = await open(() => ({ queueMs: 3_000, stepMs: 1_000 }));
      const { queuedMs, runMs } = (await play()).snapshot.timings!;
      expect([queuedMs, runMs]).toEqual([3_000, 4_000]);
    });

    it('a reference without our own notes is enough', async () => {
      const { play, inspect } = await open();
      const { ref, snapshot } = await play();
      const { data: _, ...bare } = ref;
      const { state, outputs } = await inspect(bare);
      expect([state, outputs]).toEqual(['succeeded', snapshot.outputs]);
    });

    it('tags the names of files by the node that saves them', async () => {
      const { submit, sent, end } = await open();
      const ref = await submit(createTestPlan(createScenarioGraph('many-outputs').workflow));
      expect(sent()['save']!.inputs['filename_prefix']).toBe('folder/cg0-zebra');
      const { outputs } = await end(ref);
      const told = outputs.map(({ nodeId, fileName }) => [nodeId, fileName]);
      expect(told).toEqual([
        ['save', 'cg0-zebra_00001_.png'],
        ['save', 'cg0-zebra_00002_.png'],
        ['save', 'cg0-zebra_00003_.png'],
        ['second', 'cg1-ape_00001_.png'],
        ['second', 'cg1-ape_00002_.png'],
        ['second', 'cg1-ape_00003_.png'],
      ]);
    });

    it('refuses a node without inputs before any request', async () => {
      const { executor, call, api } = await open();
      const bare = { 1: { class_type: 'SaveImage' } } as unknown as Plan['workflow'];
      const plan = createTestPlan(undefined, { workflow: bare });
      expect(await errorOf(executor.submit(plan, call()))).toMatchObject({
        code: 'INVALID_WORKFLOW',
        details: { nodeId: '1' },
      });
      expect(api.requests).toHaveLength(0);
    });

    it('takes a 400 for a word on the workflow', async () => {
      const { executor, call, clock, api } = await open();
      api.faults.add(submitRoute, { kind: 'status', status: 400, body: { message: 'no' } });
      const error = await errorOf(clock.run(executor.submit(createTestPlan(), call())));
      expect(error).toMatchObject({ code: 'INVALID_WORKFLOW', details: { status: 400 } });
    });

    it('names node, input and value that is not in its list', async () => {
      const { play } = await open();
      const graph = createTestGraph();
      graph['sampler']!.inputs['sampler_name'] = 'no_such_sampler';
      const { failure } = (await play(createTestPlan(graph))).snapshot;
      expect(failure).toMatchObject({ code: 'INVALID_WORKFLOW', nodeId: 'sampler' });
    });

    it('says what a node threw, and where', async () => {
      const { play } = await open(() => ({ fails: { node: 'KSampler', message: 'bad latent' } }));
      expect((await play()).snapshot.failure).toEqual({
        code: 'EXECUTION_FAILED',
        message: 'RuntimeError: bad latent in node sampler (KSampler)',
        retryable: false,
        nodeId: 'sampler',
        classType: 'KSampler',
      });
    });

    it('fails by the host where memory ran out in a node', async () => {
      const { play } = await open(() => ({
        fails: { node: 'KSampler', type: 'OutOfMemoryError', message: 'CUDA out of memory.' },
      }));
      expect((await play()).snapshot.failure).toMatchObject({ code: 'HOST_FAULT' });
    });

    it('a job that was not found once is looked for again', async () => {
      const { submit, inspect, api } = await open(() => ({ queueMs: 3_000 }));
      const ref = await submit();
      api.faults.add(inspectRoute, { kind: 'status', status: 404 });
      expect((await inspect(ref)).state).toBe('queued');
    });

    it('names of files of every kind are safe', async () => {
      const { play, inspect, api, show } = await open();
      const { ref } = await play();
      const shown = show(ref.id);
      const asFile = (url: string) =>
        typeof (shown['output'] as unknown[])[0] === 'string' ? url : { filename: url, url };
      const names = ['cg0-clip.mp4', 'note.txt', '..%2f..%2fetc%2fpasswd', 'a%5Cb%00.png', '..'];
      const output = names.map((name) => asFile(`https://files.test/${name}`));
      api.faults.add(inspectRoute, { kind: 'status', status: 200, body: { ...shown, output } });
      const { outputs, warnings } = await inspect(ref);
      expect(outputs.map(({ kind, fileName }) => `${kind} ${fileName}`)).toEqual([
        'video cg0-clip.mp4',
        'text note.txt',
        'file passwd',
        'image b.png',
        'file output-4',
      ]);
      expect(warnings.map(({ code }) => code)).toContain('output-node-unknown');
    });
  });
}
