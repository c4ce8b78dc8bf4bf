import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ComfygenError } from '../errors/comfygen-error.ts';
import { coreCatalogue } from '../workflow/catalogue.ts';
import { loadFlows } from './load-flows.ts';
import { readUiWorkflow } from './read-workflow.ts';

const graph = {
  '4': { class_type: 'CheckpointLoaderSimple', inputs: { ckpt_name: 'base.safetensors' } },
  '5': { class_type: 'EmptyLatentImage', inputs: { width: 512, height: 512, batch_size: 1 } },
  '6': { class_type: 'CLIPTextEncode', inputs: { text: 'a fox', clip: ['4', 1] } },
  '7': { class_type: 'CLIPTextEncode', inputs: { text: 'blurry', clip: ['4', 1] } },
  '3': {
    class_type: 'KSampler',
    inputs: {
      seed: 'SEED',
      steps: 20,
      cfg: 7,
      sampler_name: 'euler',
      scheduler: 'normal',
      denoise: 1,
      model: ['4', 0],
      positive: ['6', 0],
      negative: ['7', 0],
      latent_image: ['5', 0],
    },
  },
  '8': { class_type: 'VAEDecode', inputs: { samples: ['3', 0], vae: ['4', 2] } },
  '9': { class_type: 'SaveImage', inputs: { filename_prefix: 'x', images: ['8', 0] } },
};
/** With the largest seed that ComfyUI has, as real exports carry it. */
const EXPORT = JSON.stringify(graph).replace('"SEED"', '18446744073709551615');
const UI_FORMAT = JSON.stringify({ version: 0.4, nodes: [], links: [] });

function pngWith(chunks: { [keyword: string]: string }): Uint8Array {
  const parts = Object.entries(chunks).flatMap(([keyword, text]) => {
    const data = Buffer.from(`${keyword}\0${text}`, 'latin1');
    const length = Buffer.alloc(4);
    length.writeUInt32BE(data.length);
    return [length, Buffer.from('tEXt'), data, Buffer.alloc(4)];
  });
  return Buffer.concat([Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]), ...parts]);
}

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'comfygen-flows-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function put(path: string, content: string | Uint8Array): Promise<string> {
  const full = join(root, path);
  await mkdir(join(full, '..'), { recursive: true });
  await writeFile(full, content);
  return full;
}
const failure = (promise: Promise<unknown>): Promise<ComfygenError> =>
  promise.then(
    () => expect.fail('expected an error'),
    (error: ComfygenError) => error,
  );

describe('a library folder', () => {
  it('gives a flow a folder, with what flow.json says of it, sorted', async () => {
    await put('b-flow/workflow.json', EXPORT);
    await put('a-flow/workflow.json', EXPORT);
    await put('a-flow/flow.json', JSON.stringify({ title: 'The A', tags: ['fast'] }));
    const flows = await loadFlows(root);
    expect(flows.map(({ id, title, tags }) => ({ id, title, tags }))).toEqual([
      { id: 'a-flow', title: 'The A', tags: ['fast'] },
      { id: 'b-flow', title: 'b-flow', tags: [] },
    ]);
    expect(flows.skipped).toEqual([]);
  });

  it('passes over what belongs to a project: package.json, hidden folders, node_modules', async () => {
    await put('one/workflow.json', EXPORT);
    await put('package.json', '{}');
    await put('.git/x.json', '{}');
    await put('node_modules/y/z.json', '{}');
    const flows = await loadFlows(pathToFileURL(`${root}/`));
    expect(flows.map((flow) => flow.id)).toEqual(['one']);
    expect(flows.skipped).toEqual([]);
  });

  it('can be one flow, by its folder or its file', async () => {
    const file = await put('my-flow/workflow.json', EXPORT);
    await put('my-flow/flow.json', '{"title":"Mine"}');
    for (const source of [file, join(root, 'my-flow')]) {
      expect((await loadFlows(source))[0]).toMatchObject({ id: 'my-flow', title: 'Mine' });
    }
  });

  it('says which flow.json is wrong, and how', async () => {
    await put('good/workflow.json', EXPORT);
    await put('bad/workflow.json', EXPORT);
    await put('bad/flow.json', '{"titel":"typo"}');
    await put('broken/workflow.json', EXPORT);
    await put('broken/flow.json', '{');
    const { skipped } = await loadFlows(root);
    expect(skipped.map(({ error }) => error.code)).toEqual(['INVALID_FLOW', 'INVALID_FLOW']);
    expect(skipped[0]?.error.message).toContain(join(root, 'bad/workflow.json'));
    expect(skipped[0]?.error.message).toContain('titel');
  });
});

describe("a folder of a user's own exports", () => {
  it('works without any flow.json, names flows by their files and keeps seeds exact', async () => {
    await put('My Flow (v2).json', EXPORT);
    await put('nested/Émile.json', EXPORT);
    await put('nested/漫画.json', EXPORT);
    const flows = await loadFlows(root);
    expect(flows.map(({ id, title }) => [id, title])).toEqual([
      ['my-flow-v2', 'My Flow (v2)'],
      ['emile', 'Émile'],
      ['u6f2b-u753b', '漫画'],
    ]);
    expect(flows[0]?.workflow['3']?.inputs['seed']).toBe(18446744073709551615n);
    expect(flows[0]?.slots.prompt).toEqual([{ node: '6', input: 'text' }]);
    expect(flows[0]?.models).toMatchObject([
      { folder: 'checkpoints', file: 'base.safetensors', licence: null, commercialUse: null },
    ]);
  });

  it('says each file that is no workflow, and goes on', async () => {
    await put('a-ui.json', UI_FORMAT);
    await put('b-text.json', 'not json');
    await put('c-photo.png', pngWith({ Comment: 'hello' }));
    await put('d-binary.json', Buffer.from([0xff, 0xfe, 0x00, 0x80]));
    await put('e-good.json', EXPORT);
    const told: string[] = [];
    const flows = await loadFlows(root, { onSkip: ({ path }) => told.push(path) });
    expect(flows.map((flow) => flow.id)).toEqual(['e-good']);
    expect(flows.skipped.map(({ error }) => error.code)).toEqual([
      'UNSUPPORTED_FORMAT',
      'INVALID_WORKFLOW',
      'INVALID_WORKFLOW',
      'INVALID_WORKFLOW',
    ]);
    expect(told).toEqual(flows.skipped.map(({ path }) => path));
    expect(Object.keys(flows)).toEqual(['0']);
  });

  it('throws where nothing in it is a workflow, with the reasons', async () => {
    expect(await failure(loadFlows(root))).toMatchObject({ code: 'NO_FLOW' });
    await put('ui.json', UI_FORMAT);
    expect(await failure(loadFlows(root))).toMatchObject({ code: 'UNSUPPORTED_FORMAT' });
    await put('text.json', 'nope');
    const error = await failure(loadFlows(root));
    expect(error.code).toBe('NO_FLOW');
    expect(error.message).toContain('text.json');
  });

  it('tells files of one name apart, by folder, by kind and in the end by number', async () => {
    const other = EXPORT.replace('"a fox"', '"a fox in snow"').replace('20', '21');
    await put('portrait.json', EXPORT);
    await put('fast/portrait.json', EXPORT);
    await put('fine/portrait.json', EXPORT);
    await put('fine/portrait.png', pngWith({ prompt: other }));
    await put('x/same one.json', EXPORT);
    await put('x/same-one.json', EXPORT);
    const flows = await loadFlows(root);
    expect(flows.map(({ id, title }) => [id, title])).toEqual([
      ['fast-portrait', 'fast-portrait'],
      ['fine-portrait', 'fine-portrait'],
      ['portrait-png', 'portrait-png'],
      ['portrait', 'portrait'],
      ['x-same-one', 'x-same-one'],
      ['x-same-one-2', 'x-same-one-2'],
    ]);
    expect(flows.warnings[0]).toMatchObject({
      code: 'flow-renamed',
      message: `${join(root, 'fast/portrait.json')} is the flow fast-portrait: another file has the name portrait, too.`,
    });
    expect(flows.skipped).toEqual([]);
  });

  it('takes a file that is given twice once', async () => {
    const file = await put('a/one.json', EXPORT);
    const flows = await loadFlows([file, join(root, 'a')]);
    expect(flows.map(({ id }) => id)).toEqual(['one']);
  });

  it('leaves out pictures that a workflow of the folder made, not those that were named', async () => {
    const run = EXPORT.replace('a fox', 'a hen').replace('18446744073709551615', '7');
    const picture = await put('a-hen-7.png', pngWith({ prompt: run.replace('"x"', '"y"') }));
    await put('portrait.json', EXPORT);
    await put('z-other.png', pngWith({ prompt: run.replace('20', '9') }));
    const flows = await loadFlows(root);
    expect(flows.map(({ id }) => id)).toEqual(['portrait', 'z-other']);
    expect(flows.skipped).toMatchObject([{ path: picture, error: { code: 'INVALID_FLOW' } }]);
    expect(flows.skipped[0]?.error.message).toContain(join(root, 'portrait.json'));
    expect((await loadFlows([root, picture])).map(({ id }) => id)).toContain('a-hen-7');
  });

  it('goes on where one of several folders has nothing', async () => {
    await put('full/one.json', EXPORT);
    const told: string[] = [];
    await put('empty/notes.json', '{"to":"do"}');
    const sources = [join(root, 'empty'), join(root, 'full')];
    const flows = await loadFlows(sources, { onSkip: ({ path }) => told.push(path) });
    expect(flows.map(({ id }) => id)).toEqual(['one']);
    expect(told).toEqual([join(root, 'empty/notes.json')]);
    expect(flows.skipped[0]?.error.message).toContain(
      'This is no workflow: none of to has a class_type',
    );
  });

  it('takes what stands in NAME.flow.json beside an export', async () => {
    await put('mine.json', EXPORT);
    await put('mine.flow.json', '{"title":"Mine","tags":["fast"]}');
    const flows = await loadFlows(root);
    expect(flows).toMatchObject([{ id: 'mine', title: 'Mine', tags: ['fast'] }]);
    expect(flows.skipped).toEqual([]);
    expect(await loadFlows(join(root, 'mine.json'))).toMatchObject([{ title: 'Mine' }]);
  });

  it('reads bodies of services and passes over comments, and says so', async () => {
    await put('body.json', `{"input":{"workflow":${EXPORT},"images":[]}}`);
    await put('notes.json', EXPORT.replace('{', '{"_comment":"harbour",'));
    const flows = await loadFlows(root);
    expect(flows.map(({ classes }) => classes.length)).toEqual([6, 6]);
    expect(flows.warnings.map(({ code }) => code)).toEqual(['graph-unwrapped', 'comment-skipped']);
    expect(flows.warnings[0]?.message).toContain(
      'body.json: The workflow is what stands under input.workflow',
    );
  });

  it('follows links once, says broken ones, and is not caught in circles', async () => {
    await put('real/one.json', EXPORT);
    await symlink(root, join(root, 'real', 'up'));
    await symlink(join(root, 'real'), join(root, 'also'));
    await symlink(join(root, 'self'), join(root, 'self'));
    await symlink(join(root, 'gone'), join(root, 'dead.json'));
    const flows = await loadFlows(root);
    expect(flows.map((flow) => flow.id)).toEqual(['one']);
    expect(flows.skipped.map(({ path, error }) => [path, error.code])).toEqual([
      [join(root, 'dead.json'), 'FILE_ACCESS'],
      [join(root, 'self'), 'FILE_ACCESS'],
    ]);
  });

  it.skipIf(process.getuid?.() === 0)('says folders that it may not read', async () => {
    await put('good.json', EXPORT);
    await put('locked/one.json', EXPORT);
    await chmod(join(root, 'locked'), 0);
    const { skipped } = await loadFlows(root);
    await chmod(join(root, 'locked'), 0o700);
    expect(skipped[0]?.error).toMatchObject({ code: 'FILE_ACCESS' });
  });
});

describe('a single file', () => {
  it('may be a picture that ComfyUI made, NaN of its always-changed nodes included', async () => {
    const prompt = EXPORT.replace('"inputs"', '"is_changed":[NaN],"inputs"');
    const file = await put('ComfyUI_00001_.png', pngWith({ prompt, workflow: UI_FORMAT }));
    expect((await loadFlows(file)).map((flow) => flow.id)).toEqual(['comfyui-00001']);
  });

  it('is told apart where the picture holds only the UI format', async () => {
    const file = await put('ui.png', pngWith({ workflow: UI_FORMAT }));
    const error = await failure(loadFlows(file));
    expect(error.code).toBe('INVALID_WORKFLOW');
    expect(error.message).toContain('Export (API)');
  });

  it.each([
    ['missing.json', 'FILE_ACCESS'],
    ['ui.json', 'UNSUPPORTED_FORMAT'],
    ['broken.json', 'INVALID_WORKFLOW'],
    ['big.json', 'PAYLOAD_TOO_LARGE'],
  ])('%s throws %s with its path', async (name, code) => {
    await put('ui.json', UI_FORMAT);
    await put('broken.json', '{"3":{}}');
    await put('big.json', ' '.repeat(5000));
    const error = await failure(loadFlows(join(root, name), { maxBytes: 4000 }));
    expect(error.code).toBe(code);
    expect(error.message).toContain(join(root, name));
  });

  it('of any content gives flows or a comfygen error, never another', async () => {
    const file = join(root, 'any.json');
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(fc.string(), fc.json(), fc.uint8Array({ maxLength: 64 })),
        async (content) => {
          await writeFile(file, content);
          const outcome = await loadFlows(file).catch((error: unknown) => error);
          expect(Array.isArray(outcome) || ComfygenError.is(outcome)).toBe(true);
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe('options', () => {
  it.each<[object, string]>([
    [{ onskip: () => {} }, 'loadFlows has no option onskip; did you mean onSkip?'],
    [{ timeoutMs: '30' }, 'loadFlows: timeoutMs must be a number above 0; got the text "30".'],
    [{ signal: {} }, 'loadFlows: signal must be an AbortSignal; got an object.'],
  ])('%o are refused before anything is read', async (wrong, message) => {
    expect(await failure(loadFlows(join(root, 'gone'), wrong))).toMatchObject({
      code: 'INVALID_OPTIONS',
      message: expect.stringContaining(message),
    });
  });
});

describe('with a catalogue', () => {
  const ui = {
    ...{ version: 0.4, links: [[1, 1, 0, 2, 0, 'IMAGE']] },
    nodes: [
      { id: 1, type: 'EmptyImage', widgets_values: [64, 64, 1], outputs: [{ name: 'IMAGE' }] },
      {
        ...{ id: 2, type: 'SaveImage', widgets_values: ['x'] },
        inputs: [{ name: 'images', type: 'IMAGE', link: 1 }],
      },
    ],
  };

  it('files in UI format are converted, pictures too, and what that changed is said', async () => {
    const file = await put('drawn.json', JSON.stringify(ui));
    const wide = JSON.stringify(ui).replace('64,64', '96,96').replace('"x"', '"y"');
    await put('picture.png', pngWith({ workflow: wide.replace('SaveImage', 'PreviewImage') }));
    await put('run.png', pngWith({ prompt: EXPORT, workflow: UI_FORMAT }));
    await put('empty.json', UI_FORMAT);
    const flows = await loadFlows(root, { catalogue: coreCatalogue });
    expect(flows.map(({ id, classes }) => [id, classes.length])).toEqual([
      ['drawn', 2],
      ['picture', 2],
      ['run', 6],
    ]);
    expect(flows[0]?.workflow['1']?.inputs).toEqual({
      ...{ width: 64, height: 64, batch_size: 1, color: 0 },
    });
    expect(flows.converted.map(({ path }) => path)).toEqual([file, join(root, 'picture.png')]);
    expect(flows.converted[0]?.warnings).toMatchObject([{ code: 'value-defaulted' }]);
    expect(flows.skipped.map(({ error }) => error.message)).toEqual([
      `${join(root, 'empty.json')}: Nothing in the file runs: it has no nodes that are sent.`,
    ]);
  });
});

describe('the editor’s workflow', () => {
  it('is read from a file or from a picture', async () => {
    const file = await put('ui.json', UI_FORMAT);
    const picture = await put('ui.png', pngWith({ prompt: EXPORT, workflow: UI_FORMAT }));
    expect([await readUiWorkflow(file), await readUiWorkflow(picture)]).toEqual([
      UI_FORMAT,
      UI_FORMAT,
    ]);
  });

  it('is not in every picture', async () => {
    const run = await put('run.png', pngWith({ prompt: EXPORT }));
    expect((await failure(readUiWorkflow(run))).message).toContain('nothing to convert');
    const photo = await put('photo.png', pngWith({ Comment: 'hello' }));
    expect((await failure(readUiWorkflow(photo))).message).toContain('without a ComfyUI workflow');
    const gone = await failure(readUiWorkflow(join(root, 'gone.json')));
    expect(gone.code).toBe('FILE_ACCESS');
  });
});

describe('an address', () => {
  let server: Server | undefined;
  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
  });
  async function serve(listener: RequestListener): Promise<string> {
    server = createServer(listener);
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  it('gives the flow of the file that it names, beside folders', async () => {
    await put('local.json', EXPORT);
    const base = await serve((_, response) => response.end(EXPORT));
    const flows = await loadFlows([root, `${base}/shared/My%20Flow.json?token=abc`]);
    expect(flows.map((flow) => flow.id)).toEqual(['local', 'my-flow']);
  });

  it('gives the editor’s workflow to be converted', async () => {
    const base = await serve((_, response) => response.end(UI_FORMAT));
    expect(await readUiWorkflow(new URL(`${base}/ui.json`))).toBe(UI_FORMAT);
  });

  it('that answers a web page says so', async () => {
    const base = await serve((_, response) => response.end('<!DOCTYPE html><html></html>'));
    const error = await failure(loadFlows(`${base}/blob/flow.json`));
    expect(error.code).toBe('INVALID_WORKFLOW');
    expect(error.message).toContain('web page');
  });

  it.each([
    [404, 'NOT_FOUND'],
    [500, 'UNAVAILABLE'],
  ])('that answers %i throws %s', async (status, code) => {
    const base = await serve((_, response) => response.writeHead(status).end());
    expect(await failure(loadFlows(new URL(`${base}/flow.json`)))).toMatchObject({ code });
  });

  it('of another kind is refused', async () => {
    expect(await failure(loadFlows('ftp://example.com/x.json'))).toMatchObject({
      code: 'INVALID_OPTIONS',
    });
  });
});

it("rethrows the caller's reason when it is aborted", async () => {
  await put('one.json', EXPORT);
  const reason = new Error('stop');
  await expect(loadFlows(root, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
});
