import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tempFolder } from '../../test/run-cli.ts';
import {
  createSaver,
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

describe('createSaver', () => {
  const open = async (out: string | undefined) => {
    const target = await prepareTarget(await tempFolder(), out);
    const options = { prompt: 'A red apple!', force: false, signal: new AbortController().signal };
    return { target, saver: createSaver({ ...options, target }) };
  };
  const textsIn = async (folder: string) => {
    const names = (await readdir(folder)).sort();
    const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
    return Object.fromEntries(names.map((name, at) => [name, texts[at]]));
  };

  it('has each picture in its file before it knows the best, which then gets the name', async () => {
    const { target, saver } = await open('fox.png');
    for (const [place, text] of ['a', 'b', 'c'].entries())
      await saver.save(place, picture('7', text));
    const made = await textsIn(target.folder);
    const { paths } = await saver.rank([2, 0, 1]);
    expect(made).toEqual({ 'fox.png': 'a', 'fox-2.png': 'b', 'fox-3.png': 'c' });
    expect(await textsIn(target.folder)).toEqual({
      'fox.png': 'c',
      'fox-2.png': 'a',
      'fox-3.png': 'b',
    });
    expect(paths.map((path) => basename(path))).toEqual(['fox.png', 'fox-2.png', 'fox-3.png']);
  });

  it('leaves names that tell the seed as they are', async () => {
    const { saver } = await open(undefined);
    for (const seed of ['7', '8']) await saver.save(Number(seed), picture(seed));
    const { paths } = await saver.rank([8, 7]);
    expect(paths.map((path) => basename(path))).toEqual(['a-red-apple-8.png', 'a-red-apple-7.png']);
  });

  it('writes a picture once, also where it is given again meanwhile', async () => {
    const { target, saver } = await open('fox.png');
    await Promise.all([1, 2, 3].map(() => saver.save(0, picture('7', 'a'))));
    expect(await textsIn(target.folder)).toEqual({ 'fox.png': 'a' });
  });
});

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

  it.each(['../../out.png/../x', '..\\..\\x.exe/..', '/etc/passwd', 'a\0b.sh', '....//....//x'])(
    'takes no path from a server’s name %j',
    async (fileName) => {
      const odd = { ...picture('7'), mediaType: 'application/x-odd', output: { fileName } };
      const { names, target } = await save([odd], undefined);
      expect(names).toEqual([expect.stringMatching(/^a-red-apple-7\.[a-z0-9]+$/)]);
      expect(await readdir(target.folder)).toEqual(names);
    },
  );

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
