import assert from 'node:assert/strict';
import { createComfyGen } from '../../generate/create-comfygen.ts';
import { defineFlow } from '../../library/define-flow.ts';
import type { Workflow } from '../../spec/index.ts';
import { systemClock } from '../../util/clock.ts';
import { readPng } from '../../util/read-png.ts';
import { encodePng } from '../picture.ts';
import { SkippedCase } from '../runner.ts';
import type { ExecutorBench, ExecutorCase } from './executor-bench.ts';

/** A picture that no fake paints by itself. */
const picture = encodePng(8, 8, (x, y) => [x * 30, y * 30, 77]);
const CLASSES = ['LoadImage', 'SaveImage'];
const SHOWN = 'suite-shown';

/** The backend's graph, with the picture of this name saved beside what it makes. */
async function showing(bench: ExecutorBench, workflow: Workflow, name: string): Promise<Workflow> {
  const { catalogue } = (await bench.executor.inventory?.(bench.call())) ?? { catalogue: null };
  const lacking = catalogue && CLASSES.find((one) => !Object.hasOwn(catalogue, one));
  if (lacking) throw new SkippedCase(`the backend has no node class ${lacking}`);
  return {
    ...workflow,
    'suite-picture': { class_type: 'LoadImage', inputs: { image: name } },
    [SHOWN]: {
      class_type: 'SaveImage',
      inputs: { images: ['suite-picture', 0], filename_prefix: 'shown' },
    },
  };
}

async function pixelsOf(bytes: Uint8Array): Promise<string> {
  const rows: string[] = [];
  await readPng(bytes, { maxPixels: 1_000_000 }, ({ channels }) => ({ y, count, samples }) => {
    const colours = Array.from({ length: count }, (_, at) =>
      samples.slice(at * channels, at * channels + 3).join(),
    );
    rows[y] = colours.join(' ');
  });
  return rows.join('\n');
}

/** Fails unless one of the files has the picture's pixels. */
async function assertShown(files: readonly Uint8Array[]): Promise<void> {
  const made = await Promise.all(files.map(pixelsOf));
  assert.ok(made.includes(await pixelsOf(picture)), 'the graph did not load the uploaded picture');
}

export const pictureCases: ExecutorCase[] = [
  {
    proves: 46,
    name: 'runs a graph on the very picture that was uploaded',
    needs: ['upload'],
    async run(bench) {
      const { executor, call } = bench;
      const file = { name: 'suite.png', bytes: picture, mediaType: 'image/png' };
      const { name } = await executor.upload!(file, call());
      const own = bench.plan();
      own.workflow = await showing(bench, own.workflow, name);
      own.outputNodes.push(SHOWN);
      const { ref, snapshot } = await bench.play(own);
      assert.equal(snapshot.state, 'succeeded', snapshot.failure?.message);
      const files: Uint8Array[] = [];
      for (const output of snapshot.outputs)
        files.push((await executor.download(output, ref, call())).bytes);
      await assertShown(files);
    },
  },
  {
    proves: 46,
    name: 'is given the pictures of a brief where it can store them, and no such flow else',
    async run(bench) {
      const { bare, backend, run } = bench;
      const graph = await showing(bench, structuredClone(backend.workflow), 'nobody-has.png');
      const flow = defineFlow({
        id: 'conformance',
        workflow: graph,
        ...(backend.slots && { slots: backend.slots }),
      });
      if (flow.slots.prompt.length === 0)
        throw new SkippedCase('the graph takes no prompt; give the backend `slots`');
      const clock = backend.clock ?? systemClock;
      const comfygen = createComfyGen({ flows: [flow], executor: bare, clock });
      const [slot = 'image'] = Object.keys(flow.slots.pictures ?? {});
      const making = comfygen.generate('a fox', { images: { [slot]: picture }, seed: 7 });
      if (bare.upload || bare.supports.files)
        return assertShown((await run(making)).images.map(({ bytes }) => bytes));
      await assert.rejects(run(making), { code: 'NO_FLOW' });
      assert.equal((await backend.http?.accepted()) ?? 0, 0, 'a job was sent without its picture');
    },
  },
];
