import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tempFolder } from '../../test/run-cli.ts';
import {
  numberedName,
  type Picture,
  pictureName,
  type SaveOptions,
  savePictures,
} from './save-pictures.ts';
import { prepareTarget } from './target.ts';

const picture = (seed: string, text = seed): Picture => ({
  bytes: new TextEncoder().encode(text),
  mediaType: 'image/png',
  seed,
});

async function save(pictures: Picture[], out: string | undefined, more: Partial<SaveOptions> = {}) {
  const cwd = more.target?.folder ?? (await tempFolder());
  const target = more.target ?? (await prepareTarget(cwd, out));
  const options = { prompt: 'A red apple!', force: false, signal: new AbortController().signal };
  const saved = await savePictures(pictures, { ...options, ...more, target });
  return {
    ...saved,
    target,
    names: saved.paths.map((path) => path.slice(target.folder.length + 1)),
  };
}

describe('savePictures', () => {
  it('names pictures after the prompt and the seed', async () => {
    const { names, target } = await save([picture('7'), picture('8')], undefined);
    expect(names).toEqual(['a-red-apple-7.png', 'a-red-apple-8.png']);
    expect(target.folder).toMatch(/comfygen-output$/);
    expect(await readdir(target.folder)).toEqual(names);
  });

  it('takes the next free name, and says so', async () => {
    const first = await save([picture('7', 'old')], 'fox.png');
    const { names, warnings } = await save([picture('7', 'new')], 'fox.png', first);
    expect(names).toEqual(['fox-2.png']);
    expect(warnings.map(({ code }) => code)).toEqual(['name-taken']);
    expect(await readFile(first.paths[0]!, 'utf8')).toBe('old');
  });

  it('replaces with force, but never one picture of a run by another', async () => {
    const first = await save([picture('7', 'old')], 'fox.png');
    const { target } = first;
    const { names } = await save([picture('1'), picture('2')], undefined, { target, force: true });
    expect(names).toEqual(['fox.png', 'fox-2.png']);
    expect(await readFile(first.paths[0]!, 'utf8')).toBe('1');
  });

  it('gives every one of many writers at once a name of its own', async () => {
    const { target } = await save([], 'fox.png');
    const seeds = Array.from({ length: 12 }, (_, index) => String(index));
    const all = await Promise.all(
      seeds.map((seed) => save([picture(seed)], undefined, { target })),
    );
    const texts = await Promise.all(all.map(({ paths }) => readFile(paths[0]!, 'utf8')));
    expect(texts).toEqual(seeds);
    expect((await readdir(target.folder)).length).toBe(12);
  });

  it('says where the name tells another type', async () => {
    const { warnings } = await save([picture('7')], 'fox.jpg');
    expect(warnings.map(({ code }) => code)).toEqual(['other-type']);
  });

  it('ends the name of a film, a sound or another file as it is', async () => {
    const file = (mediaType: string, fileName: string) => ({
      ...{ ...picture('7'), mediaType, output: { fileName } },
    });
    const files = [
      file('video/mp4', 'x.mp4'),
      file('audio/x-unheard-of', 'x_00001_.OPUS'),
      file('application/octet-stream', 'x.latent'),
      file('application/octet-stream', 'x'),
    ];
    const { names } = await save(files, undefined);
    expect(names.map((name) => name.slice(name.indexOf('.')))).toEqual([
      '.mp4',
      '.opus',
      '.latent',
      '.bin',
    ]);
    const asked = await save(files.slice(0, 1), 'fox.png');
    expect(asked.names).toEqual(['fox.mp4']);
    expect(asked.warnings.map(({ code }) => code)).toEqual(['other-type']);
    expect((await save(files.slice(0, 1), 'clip.webm')).names).toEqual(['clip.webm']);
  });

  it('leaves nothing behind where the write is refused or aborted', async () => {
    const folder = await tempFolder();
    await mkdir(join(folder, 'fox.png'));
    const target = { folder, fileName: 'fox.png' };
    await expect(save([picture('7')], undefined, { target, force: true })).rejects.toMatchObject({
      code: 'FILE_ACCESS',
    });
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(save([picture('7')], undefined, { target, signal })).rejects.toThrow('enough');
    expect(await readdir(folder)).toEqual(['fox.png']);
  });
});

describe('prepareTarget', () => {
  it.each([
    ['fox.png', 'fox.png'],
    ['deep/er/fox.JPG', 'fox.JPG'],
    ['folder', undefined],
    ['folder.d/', undefined],
  ])('%s is the file %s', async (out, fileName) => {
    expect((await prepareTarget(await tempFolder(), out)).fileName).toBe(fileName);
  });

  it('takes a folder that is named like a picture as a folder', async () => {
    const cwd = await tempFolder();
    await mkdir(join(cwd, 'odd.png'));
    expect(await prepareTarget(cwd, 'odd.png')).toEqual({
      folder: join(cwd, 'odd.png'),
      fileName: undefined,
    });
  });

  it('refuses a folder that cannot be, before any work', async () => {
    const cwd = await tempFolder();
    await writeFile(join(cwd, 'file'), '');
    for (const out of ['file', 'file/below/', 'file/fox.png']) {
      await expect(prepareTarget(cwd, out)).rejects.toMatchObject({ code: 'FILE_ACCESS' });
    }
  });
});

const name = (prompt: string) => pictureName({ prompt, seed: '7', mediaType: 'image/png' });

describe('pictureName', () => {
  it.each([
    ['a red apple, left of a GREEN frog!', 'a-red-apple-left-of-a-green-frog-7.png'],
    ['ein Fuchs im Schnee – schön', 'ein-fuchs-im-schnee-schön-7.png'],
    ['赤いりんご', '赤いりんご-7.png'],
    ['🦊', 'picture-7.png'],
    ['../../etc/passwd', 'etc-passwd-7.png'],
    ['CON', 'con-7.png'],
  ])('%s', (prompt, expected) => expect(name(prompt)).toBe(expected));

  it('is a safe file name for any prompt', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (prompt) => {
        const file = name(prompt);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: no file name may hold one
        expect(file).not.toMatch(/[\\/:*?"<>|\u0000-\u001f]|^[.-]/);
        expect(Buffer.byteLength(file)).toBeLessThanOrEqual(255);
      }),
    );
  });
});

describe('numberedName', () => {
  it.each([
    ['/a.b/fox.png', 1, '/a.b/fox.png'],
    ['/a.b/fox.png', 2, '/a.b/fox-2.png'],
    ['/a.b/fox', 3, '/a.b/fox-3'],
  ])('%s, %d', (path, number, expected) => expect(numberedName(path, number)).toBe(expected));
});
