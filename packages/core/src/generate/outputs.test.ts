import { describe, expect, it } from 'vitest';
import { ComfygenError } from '../errors/comfygen-error.ts';
import { defineFlow } from '../library/define-flow.ts';
import type { JobOutput, Workflow } from '../spec/index.ts';
import { memoryJobStore } from '../stores/memory-stores.ts';
import { encodePng } from '../testing/picture.ts';
import { instantClock } from '../testing/reference/instant-clock.ts';
import { scriptedBackend } from '../testing/reference/scripted-executor.ts';
import { createTestGraph } from '../testing/test-flow.ts';
import { defineScorer } from '../util/define.ts';
import { wrapExecutor } from '../util/wrap.ts';
import { createComfyGen } from './create-comfygen.ts';

type File = Pick<JobOutput, 'nodeId' | 'kind'> & { mediaType: string; gone?: true };
const image = (nodeId: string | null): File => ({ nodeId, kind: 'image', mediaType: 'image/png' });
const film = (nodeId: string): File => ({ nodeId, kind: 'video', mediaType: 'video/mp4' });
const text = (nodeId: string): File => ({ nodeId, kind: 'text', mediaType: 'text/plain' });

/** The usual graph, sampled on once more, with a saver after each of its two pictures. */
function twoPasses(): Workflow {
  const graph = createTestGraph({ save: { filename_prefix: 'pass/one' } });
  const again = { ...graph['sampler']!.inputs, latent_image: ['sampler', 0] as [string, number] };
  return {
    ...graph,
    again: { class_type: 'KSampler', inputs: again },
    decode2: { class_type: 'VAEDecode', inputs: { samples: ['again', 0], vae: ['loader', 2] } },
    last: { class_type: 'SaveImage', inputs: { images: ['decode2', 0], filename_prefix: 'two' } },
  };
}

/** A generator on a backend whose jobs make these files. */
function setUp(files: readonly File[], workflow = twoPasses(), mainOutput?: string) {
  const { create, submitted } = scriptedBackend(['succeed']);
  const judged: string[] = [];
  const executor = wrapExecutor(create(), (part) => ({
    async *watch() {},
    inspect: async (ref, ctx) => {
      const snapshot = await part.inspect(ref, ctx);
      if (snapshot.state !== 'succeeded') return snapshot;
      const outputs = files.map(({ nodeId, kind, mediaType }, index): JobOutput => {
        return { nodeId, index, kind, fileName: `${index}`, mediaType, ref: {} };
      });
      return { ...snapshot, outputs };
    },
    async download({ index }) {
      const { mediaType, gone } = files[index]!;
      if (gone) throw new ComfygenError('OUTPUT_EXPIRED', 'it is gone', { retryable: false });
      return { bytes: encodePng(1 + index, 1, () => [1, 2, 3]), mediaType };
    },
  }));
  const scorer = defineScorer({
    ...{ name: 'first', version: '1', range: [0, 1], supports: {} },
    async score({ image: { mediaType } }) {
      judged.push(mediaType);
      return { value: 1 / judged.length, raw: {}, warnings: [] };
    },
  });
  const jobs = memoryJobStore();
  const flows = [defineFlow({ id: 'one', workflow, mainOutput })];
  const clock = instantClock();
  const comfygen = createComfyGen({ flows, executor, scorer, jobs, clock });
  const generate = () => comfygen.generate('a red apple', { seed: 1 });
  return { comfygen, generate, judged, submitted };
}

describe('a flow that saves a draft and its finished picture', () => {
  it('has the finished one for its best, told apart from the draft, which nobody judges', async () => {
    const { generate, judged } = setUp([image('save'), image('last')]);
    const { best, images, warnings } = await generate();
    expect([best.output.nodeId, best.role, best.score?.value]).toEqual(['last', 'main', 1]);
    expect(images.map(({ role, score }) => [role, score?.value])).toEqual([
      ['main', 1],
      ['other', undefined],
    ]);
    expect(judged).toHaveLength(1);
    expect(warnings.find(({ code }) => code === 'other-outputs')?.message).toContain('node last');
  });

  it('keeps their names apart behind its own, and hands the finished one out first', async () => {
    const { generate, submitted } = setUp([image('save')]);
    await generate();
    const { workflow, outputNodes } = submitted[0]!;
    const prefixes = ['save', 'last'].map((id) => workflow[id]!.inputs['filename_prefix']);
    expect(prefixes).toEqual(['comfygen-one-pass-one', 'comfygen-one-two']);
    expect(outputNodes).toEqual(['last', 'save']);
  });

  it('loses no finished picture with a draft that is gone', async () => {
    const { generate } = setUp([image('last'), { ...image('save'), gone: true }]);
    const { images, warnings } = await generate();
    expect(images.map(({ output }) => output.nodeId)).toEqual(['last']);
    expect(warnings).toContainEqual(
      expect.objectContaining({
        code: 'output-not-fetched',
        message: expect.stringContaining('gone'),
      }),
    );
  });
});

describe('a main output that the flow states', () => {
  it('is the best, whatever lies behind it, here and where another process fetches it', async () => {
    const { comfygen, generate, judged, submitted } = setUp(
      [image('save'), image('last')],
      twoPasses(),
      'save',
    );
    const { best, warnings } = await generate();
    expect([best.output.nodeId, best.role, judged.length]).toEqual(['save', 'main', 1]);
    expect(warnings.map(({ code }) => code)).not.toContain('main-output-missing');
    expect(submitted[0]!.outputNodes).toEqual(['save', 'last']);
    const { outputs } = await comfygen.resume(submitted[0]!.id);
    expect(outputs.map(({ role, output }) => `${role} ${output.nodeId}`)).toEqual([
      'main save',
      'other last',
    ]);
  });

  it('may be a text beside pictures, which nobody judges then', async () => {
    const { generate, judged } = setUp([image('last'), text('save')], twoPasses(), 'save');
    const { best, outputs } = await generate();
    expect([best.kind, best.score, judged.length, outputs.length]).toEqual(['text', null, 0, 2]);
  });

  it('that gave no file is replaced by the one furthest behind, with a warning', async () => {
    const { generate } = setUp([image('last')], twoPasses(), 'save');
    const { best, warnings } = await generate();
    expect(best.output.nodeId).toBe('last');
    expect(warnings.find(({ code }) => code === 'main-output-missing')?.message).toContain('save');
  });

  it('must be a node of the graph', () => {
    const define = () => defineFlow({ id: 'one', workflow: twoPasses(), mainOutput: 'toString' });
    expect(define).toThrow('mainOutput: the graph has no node toString');
  });
});

describe('files that are no pictures', () => {
  it('are of the kind that their bytes tell, and all of them are outputs', async () => {
    const nameless: File[] = [
      { nodeId: 'last', kind: 'file', mediaType: 'audio/flac' },
      { nodeId: 'save', kind: 'file', mediaType: 'application/x-safetensors' },
    ];
    const { best, images, outputs } = await setUp(nameless).generate();
    expect([best.kind, best.role]).toEqual(['audio', 'main']);
    expect(outputs.map(({ kind, mediaType }) => `${kind} ${mediaType}`)).toEqual([
      'audio audio/flac',
      'file application/x-safetensors',
    ]);
    expect(images).toEqual(outputs);
  });

  it('come back with their kind; a film is the best of its flow, and no scorer gets it', async () => {
    const { generate, judged } = setUp([image('save'), text('last'), film('last')]);
    const { best, images } = await generate();
    expect([best.kind, best.mediaType, best.score]).toEqual(['video', 'video/mp4', null]);
    expect(images.map(({ kind, role }) => `${kind} ${role}`)).toEqual([
      'video main',
      'image other',
      'text other',
    ]);
    expect(judged).toEqual([]);
  });

  it('are the main output where there is nothing else', async () => {
    const { generate } = setUp([text('last')]);
    expect((await generate()).best).toMatchObject({ kind: 'text', role: 'main' });
  });

  it('keep their roles where another process fetches them', async () => {
    const { comfygen, generate, submitted } = setUp([text('last'), image('last'), image('save')]);
    await generate();
    const { images } = await comfygen.resume(submitted[0]!.id);
    expect(images.map(({ kind, role, index }) => `${kind} ${role} ${index}`)).toEqual([
      'image main 1',
      'text other 0',
      'image other 2',
    ]);
  });
});

it.each([
  ['no node', [image(null), image(null)]],
  ['nodes that the graph has not', [image('57:3'), image('57:4')]],
])('files of %s are all main ones', async (_, files) => {
  const { images } = await setUp(files).generate();
  expect(images.map(({ role }) => role)).toEqual(['main', 'main']);
});
