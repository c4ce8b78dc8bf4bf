import type { Workflow } from 'comfygen/workflow';
import { describe, expect, it } from 'vitest';
import { planOf, textToImage } from '../comfyui/graphs.ts';
import { errorOf } from '../job-bench.ts';
import { createHost, type ServiceUnderTest } from './service.ts';

/** Two savers and a preview, and a batch of three. */
export function manyOutputs(): Workflow {
  const graph = textToImage();
  const images = ['decode', 0] as [string, number];
  graph['latent']!.inputs['batch_size'] = 3;
  graph['save']!.inputs['filename_prefix'] = 'folder/zebra';
  graph['second'] = { class_type: 'SaveImage', inputs: { images, filename_prefix: 'ape' } };
  graph['preview'] = { class_type: 'PreviewImage', inputs: { images } };
  return graph;
}

/** Cases 26 to 32, 34 and 36; 35 is the HTTP client's own. */
export function outputCases({ open, inspectRoute, fileRoute }: ServiceUnderTest): void {
  describe('outputs', () => {
    it('26: no key goes to the host of the files', async () => {
      const { play, download, files } = await open();
      const { ref, snapshot } = await play();
      await download(snapshot, ref);
      expect(files.requests).toHaveLength(1);
      expect(files.requests[0]!.headers['authorization']).toBeUndefined();
    });

    it('27: many files of several nodes, each with its node, in the order of batch and node', async () => {
      const { play } = await open();
      const { snapshot } = await play(planOf(manyOutputs(), ['save', 'second', 'preview']));
      const told = snapshot.outputs.map(({ nodeId, index, fileName }) => [nodeId, index, fileName]);
      expect(told).toEqual([
        ['save', 0, 'cg0-zebra_00001_.png'],
        ['save', 1, 'cg0-zebra_00002_.png'],
        ['save', 2, 'cg0-zebra_00003_.png'],
        ['second', 3, 'cg1-ape_00001_.png'],
        ['second', 4, 'cg1-ape_00002_.png'],
        ['second', 5, 'cg1-ape_00003_.png'],
      ]);
    });

    it.each([[[]], [null]])('28: success with %j is OUTPUT_MISSING', async (output) => {
      const { play, inspect, api, show } = await open();
      const { ref } = await play();
      const body = { ...show(ref.id), output };
      api.faults.add(inspectRoute, { kind: 'status', status: 200, body });
      const { state, failure } = await inspect(ref);
      expect([state, failure?.code]).toEqual(['failed', 'OUTPUT_MISSING']);
    });

    it('29: a file that is gone is OUTPUT_EXPIRED', async () => {
      const { play, executor, call, clock, files } = await open();
      const { ref, snapshot } = await play();
      files.faults.always(fileRoute, { kind: 'status', status: 404 });
      const error = await errorOf(clock.run(executor.download(snapshot.outputs[0]!, ref, call())));
      expect(error.code).toBe('OUTPUT_EXPIRED');
    });

    it('30: a download that fails is made again', async () => {
      const bench = await open();
      bench.files.faults.add(fileRoute, { kind: 'status', status: 500 }, { kind: 'truncated' });
      const { images } = await bench.clock.run(createHost(bench).generate('a red apple'));
      expect(images).toHaveLength(1);
      expect(bench.files.count(fileRoute)).toBe(3);
    });

    it('31: half a file and a login page are errors', async () => {
      const { play, executor, call, clock, files } = await open();
      const { ref, snapshot } = await play();
      const download = () =>
        errorOf(clock.run(executor.download(snapshot.outputs[0]!, ref, call())));
      files.faults.add(fileRoute, { kind: 'truncated' }, { kind: 'html' });
      expect((await download()).code).toBe('HOST_FAULT');
      expect((await download()).code).toBe('PROTOCOL');
    });

    it('32: pictures of PreviewImage are left out', async () => {
      const { play } = await open();
      const { snapshot } = await play(planOf(manyOutputs(), ['save', 'second', 'preview']));
      expect(snapshot.outputs.some(({ nodeId }) => nodeId === 'preview')).toBe(false);
    });

    it('34, 36: other kinds are told too, and no name is a path', async () => {
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
