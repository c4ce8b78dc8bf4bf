import { describe, expect, it } from 'vitest';
import { ComfygenError } from '../errors/comfygen-error.ts';
import { defineFlow } from '../library/define-flow.ts';
import type { ExecutorV1, Plan, Workflow } from '../spec/index.ts';
import { encodePng } from '../testing/picture.ts';
import { instantClock } from '../testing/reference/instant-clock.ts';
import { type Script, scriptedBackend } from '../testing/reference/scripted-executor.ts';
import { createTestGraph } from '../testing/test-flow.ts';
import { wrapExecutor } from '../util/wrap.ts';
import { createComfyGen } from './create-comfygen.ts';
import type { ComfyGenOptions, GenerateOptions } from './types.ts';

const png = (width = 8, height = 8, shade = 0) =>
  new Uint8Array(encodePng(width, height, () => [shade, shade, shade]));

const redraw = (file = 'mine.png'): Workflow => ({
  ...createTestGraph({ sampler: { denoise: 0.7, latent_image: ['encode', 0] } }),
  photo: { class_type: 'LoadImage', inputs: { image: file } },
  encode: { class_type: 'VAEEncode', inputs: { pixels: ['photo', 0], vae: ['loader', 2] } },
});
const inpaint = (): Workflow => ({
  ...redraw(),
  encode: {
    class_type: 'VAEEncodeForInpaint',
    inputs: { pixels: ['photo', 0], vae: ['loader', 2], mask: ['photo', 1], grow_mask_by: 6 },
  },
});
const flow = (id: string, workflow: Workflow) => defineFlow({ id, workflow });
const library = () => [
  flow('plain', createTestGraph()),
  flow('redraw', redraw()),
  flow('inpaint', inpaint()),
];

type Upload = NonNullable<ExecutorV1['upload']>;

const keeps: Upload = async ({ name }) => ({ name: `kept-${name}`, warnings: [] });

/** Core on a backend that keeps what is uploaded; on one without upload for `null`. */
function setUp(
  upload: Upload | null = keeps,
  { scripts = ['succeed'], ...options }: Partial<ComfyGenOptions> & { scripts?: Script[] } = {},
) {
  const backend = scriptedBackend(scripts);
  const stored: Parameters<Upload>[0][] = [];
  const keep: Upload = (file, ctx) => {
    stored.push(file);
    return upload!(file, ctx);
  };
  const executor = wrapExecutor(backend.create(), () => (upload ? { upload: keep } : {}));
  const clock = instantClock();
  const comfygen = createComfyGen({ flows: library(), executor, clock, ...options });
  return { ...backend, stored, comfygen, executor };
}

const failure = async (work: Promise<unknown>): Promise<ComfygenError> => {
  const error = await work.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  if (!ComfygenError.is(error)) throw new Error(`no error of ours: ${String(error)}`);
  return error;
};
const fileIn = (plan: Plan | undefined) => plan?.workflow['photo']?.inputs['image'];

describe('a call with pictures', () => {
  it('stores the picture, and sends the graph with the name that it got', async () => {
    const { comfygen, stored, submitted } = setUp();
    const bytes = png();
    const result = await comfygen.generate('a fox', { images: { image: bytes }, strength: 0.3 });
    expect(result.flow.id).toBe('redraw');
    expect(stored).toEqual([
      {
        name: expect.stringMatching(/^comfygen-[0-9a-f]{16}\.png$/),
        bytes,
        mediaType: 'image/png',
      },
    ]);
    expect(fileIn(submitted[0])).toBe(`kept-${stored[0]!.name}`);
    expect(submitted[0]!.workflow['sampler']!.inputs['denoise']).toBe(0.3);
    expect(submitted[0]!.files).toBeUndefined();
  });

  it.each<[string, (bytes: Uint8Array<ArrayBuffer>) => GenerateOptions['images']]>([
    ['a Blob', (bytes) => ({ image: new Blob([bytes]) })],
    ['an ArrayBuffer', (bytes) => ({ image: bytes.slice().buffer })],
    [
      'a part of a larger buffer',
      (bytes) => {
        const larger = new Uint8Array(bytes.length + 9);
        larger.set(bytes, 4);
        return { image: larger.subarray(4, 4 + bytes.length) };
      },
    ],
  ])('takes %s', async (_what, images) => {
    const { comfygen, stored } = setUp();
    const bytes = new Uint8Array(png());
    await comfygen.generate('a fox', { images: images(bytes) });
    expect(stored[0]!.bytes).toEqual(bytes);
  });

  it('reads the bytes once: what their owner does to them later changes nothing', async () => {
    const { comfygen, stored } = setUp();
    const bytes = png();
    const before = bytes.slice();
    comfygen.events.on('run-start', () => bytes.fill(0));
    await comfygen.generate('a fox', { images: { image: bytes } });
    expect(stored[0]!.bytes).toEqual(before);
  });

  it('sends a file’s name as it is, and stores nothing', async () => {
    const { comfygen, stored, submitted } = setUp();
    await comfygen.generate('a fox', { images: { image: { file: 'sub/there.png' } } });
    expect(stored).toEqual([]);
    expect(fileIn(submitted[0])).toBe('sub/there.png');
  });

  it('lets only flows with all the slots be chosen, and tells of the others why', async () => {
    const { comfygen } = setUp();
    const { offered, skipped } = await comfygen.select('a fox', {
      images: { image: png() },
      mask: png(),
    });
    expect(offered).toEqual(['inpaint']);
    expect(skipped.map(({ flowId, reasons }) => [flowId, reasons.map(({ code }) => code)])).toEqual(
      [
        ['plain', ['no-picture-slot', 'no-picture-slot']],
        ['redraw', ['no-picture-slot']],
      ],
    );
  });

  it('offers what needs a picture only where there is one', async () => {
    const { comfygen } = setUp();
    const { offered, skipped } = await comfygen.select('a fox');
    expect(offered).toEqual(['plain']);
    expect(skipped.flatMap(({ reasons }) => reasons.map(({ message }) => message))).toEqual([
      'needs a picture as image',
      'needs a picture as image',
    ]);
  });

  it('asks for no mask where the picture may have one in its transparency', async () => {
    const { comfygen } = setUp();
    const offered = async (image: Uint8Array) =>
      (await comfygen.select('a fox', { images: { image } })).offered;
    expect(await offered(png())).toEqual(['redraw']);
    const clear = png();
    clear[25] = 6;
    expect(await offered(clear)).toEqual(['redraw', 'inpaint']);
  });

  it('runs as ever with a file that the server lists, but for ComfyUI’s own sample', async () => {
    const offered = async (file: string, listed: string[]) => {
      const { executor } = setUp();
      const inventory: ExecutorV1['inventory'] = async (ctx) => {
        const told = await executor.inventory!(ctx);
        const LoadImage = {
          input: { required: { image: [listed, { image_upload: true }] } },
          output: ['IMAGE', 'MASK'],
        };
        return { ...told, catalogue: { ...told.catalogue, LoadImage } };
      };
      const comfygen = createComfyGen({
        flows: [flow('plain', createTestGraph()), flow('redraw', redraw(file))],
        executor: wrapExecutor(executor, () => ({ inventory })),
      });
      return (await comfygen.select('a fox')).offered;
    };
    expect(await offered('mine.png', ['mine.png', 'example.png'])).toEqual(['plain', 'redraw']);
    expect(await offered('mine.png', ['example.png'])).toEqual(['plain']);
    expect(await offered('sub/mine.png', ['example.png'])).toEqual(['plain', 'redraw']);
    expect(await offered('example.png', ['example.png'])).toEqual(['plain']);
  });

  it('names the nearest slot where no flow has that one, before anything is asked', async () => {
    const { comfygen, stored } = setUp();
    const error = await failure(comfygen.generate('a fox', { images: { imge: png() } }));
    expect(error.code).toBe('NO_FLOW');
    expect(error.message).toBe(
      'The library takes no picture as "imge"; it has image, mask; did you mean image?',
    );
    expect(stored).toEqual([]);
  });

  it('offers nothing on an executor that stores no files, unless they are there', async () => {
    const { comfygen } = setUp(null);
    const error = await failure(comfygen.generate('a fox', { images: { image: png() } }));
    expect(error.code).toBe('NO_FLOW');
    expect(error.message).toContain('scripted has no upload');
    const { flow } = await comfygen.generate('a fox', { images: { image: { file: 'a.png' } } });
    expect(flow.id).toBe('redraw');
  });

  it.each<[string, GenerateOptions, string, string]>([
    ['text', { images: { image: 'a.png' as never } }, 'images.image', 'the bytes of a PNG'],
    ['bytes of a page', { images: { image: Buffer.from('<html>') } }, 'images.image', '6 bytes'],
    ['a cut PNG', { mask: png().subarray(0, 40) }, 'mask', 'PNG'],
    ['200 MB', { images: { image: new Uint8Array(200_000_000) } }, 'images.image', '67108864'],
    ['200 MB in a Blob', { mask: new Blob([new Uint8Array(2e8)]) }, 'mask', '67108864'],
    ['a list', { images: [png()] as never }, 'images', 'by slot'],
    ['a mask among images', { images: { mask: png() } }, 'images.mask', 'give it as mask'],
    ['a file without a name', { mask: { file: ' ' } }, 'mask', 'name'],
    ['a file with more', { mask: { file: 'a.png', bytes: png() } as never }, 'mask', 'name'],
    ['a mask of another size', { images: { image: png() }, mask: png(8, 9) }, 'mask', '8 × 9'],
    ['a strength above 1', { strength: 1.5 }, 'strength', '1.5'],
    ['a strength that is no number', { strength: '0.5' as never }, 'strength', '"0.5"'],
  ])('refuses %s', async (_what, options, field, told) => {
    const { comfygen, stored, submitted } = setUp();
    const error = await failure(comfygen.generate('a fox', options));
    expect(error.code).toBe('INVALID_BRIEF');
    expect(error.details['fields']).toEqual([field]);
    expect(error.message).toContain(told);
    expect([stored, submitted]).toEqual([[], []]);
  });

  it('refuses more pixels than it takes by the head alone', async () => {
    const { comfygen } = setUp();
    const large = png();
    new DataView(large.buffer, large.byteOffset).setUint32(16, 8_193);
    new DataView(large.buffer, large.byteOffset).setUint32(20, 8_192);
    const error = await failure(comfygen.generate('a fox', { images: { image: large } }));
    expect(error.message).toContain('got 8193 × 8192');
  });

  it('keeps bytes out of events and records', async () => {
    const { comfygen } = setUp();
    const seen: unknown[] = [];
    comfygen.events.on('run-start', (event) => seen.push(event));
    comfygen.events.on('plan-selected', (event) => seen.push(event));
    const { record } = await comfygen.generate('a fox', { images: { image: png() }, mask: png() });
    expect(seen).toHaveLength(2);
    const text = JSON.stringify([seen, record], (_key, value: unknown) => {
      expect(ArrayBuffer.isView(value)).toBe(false);
      return value;
    });
    expect(text).toContain('"width":8');
    expect(record.brief).toMatchObject({
      mask: { mediaType: 'image/png', sizeBytes: png().length },
    });
  });
});

describe('the upload of a picture', () => {
  const images = { image: png() };

  it('is one for all runs that need it at once, and for later ones', async () => {
    const { comfygen, stored } = setUp();
    await Promise.all([1, 2, 3].map((seed) => comfygen.generate('a fox', { images, seed })));
    await comfygen.generate('a fox', { images, count: 2 });
    expect(stored).toHaveLength(1);
    await comfygen.generate('a fox', { images: { image: png(8, 8, 1) } });
    expect(stored).toHaveLength(2);
  });

  it('is made again after a failure that may pass, and nothing was submitted by then', async () => {
    let tries = 0;
    const { comfygen, submitted } = setUp(async ({ name }) => {
      tries += 1;
      if (tries === 1) throw new ComfygenError('UNAVAILABLE', 'no answer');
      return { name, warnings: [] };
    });
    const { warnings } = await comfygen.generate('a fox', { images });
    expect([tries, submitted.length]).toEqual([2, 1]);
    expect(warnings.map(({ code }) => code)).toContain('retried');
  });

  it('ends the run with its own error where it fails for good', async () => {
    const { comfygen, submitted } = setUp(async () => {
      throw new ComfygenError('PAYLOAD_TOO_LARGE', 'too much');
    });
    const error = await failure(comfygen.generate('a fox', { images }));
    expect([error.code, submitted.length]).toEqual(['PAYLOAD_TOO_LARGE', 0]);
  });

  it('is made again where the backend has lost the file, once', async () => {
    const lost: Script = { refuse: new ComfygenError('MISSING_INPUT', 'Invalid image file') };
    const { comfygen, stored } = setUp(keeps, { scripts: ['succeed', lost, 'succeed'] });
    await comfygen.generate('a fox', { images });
    const { warnings } = await comfygen.generate('a fox', { images });
    expect(stored).toHaveLength(2);
    expect(warnings.map(({ code }) => code)).toContain('uploaded-again');

    const gone = setUp(keeps, { scripts: [lost] });
    const error = await failure(gone.comfygen.generate('a fox', { images }));
    expect([error.code, gone.stored.length]).toEqual(['MISSING_INPUT', 2]);
  });

  it('that hangs ends with the run’s abort', async () => {
    const { promise: begun, resolve: begin } = Promise.withResolvers<AbortSignal>();
    const { comfygen, submitted } = setUp((_file, { signal }) => {
      begin(signal);
      return new Promise(() => {});
    });
    const stop = new AbortController();
    const settled = comfygen
      .generate('a fox', { images, signal: stop.signal })
      .catch((error: unknown) => error);
    const signal = await begun;
    stop.abort('enough');
    expect(await settled).toBe('enough');
    expect([signal.aborted, submitted.length]).toEqual([true, 0]);
  });

  it('is the executor’s own where it says so', async () => {
    const { executor, submitted, stored } = setUp();
    const own = wrapExecutor(executor, () => ({ supports: { ...executor.supports, files: true } }));
    const comfygen = createComfyGen({ flows: library(), executor: own, clock: instantClock() });
    await comfygen.generate('a fox', { images });
    expect(stored).toEqual([]);
    expect(submitted[0]!.files).toEqual([
      expect.objectContaining({ node: 'photo', input: 'image', bytes: images.image }),
    ]);
  });
});
