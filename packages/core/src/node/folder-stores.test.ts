import { execFile, spawnSync } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { jobStoreSuite, recordStoreSuite, textCacheSuite } from '../testing/store/store-suites.ts';
import { createTestEntry, createTestRecord } from '../testing/store/test-entries.ts';
import {
  folderImageCache,
  folderJobStore,
  folderRecordStore,
  folderTextCache,
} from './folder-stores.ts';
import type { DamagedFile } from './stored-documents.ts';

const run = promisify(execFile);
const NODE_FLAGS = ['--conditions=comfygen-source', '--disable-warning=ExperimentalWarning'];

async function all<T>(list: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of list) items.push(item);
  return items;
}

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'comfygen-store-'));
});
afterEach(() => rm(root, { recursive: true }));

const places = join(tmpdir(), `comfygen-stores-${randomUUID()}`);
afterAll(() => rm(places, { recursive: true, force: true }));

for (const [suite, make] of [
  [recordStoreSuite, folderRecordStore],
  [jobStoreSuite, folderJobStore],
  [textCacheSuite, folderTextCache],
] as const) {
  suite(
    { describe, it },
    {
      async create() {
        const folder = join(places, randomUUID(), 'late');
        return { store: make(folder), another: () => make(folder) } as never;
      },
    },
  );
}

describe('folderRecordStore', () => {
  it('keeps records as they are, for another store on the folder too', async () => {
    const folder = join(root, 'deep', 'records');
    const store = folderRecordStore(folder);
    expect(await all(store.list())).toEqual([]);
    expect(await store.get('a')).toBeUndefined();
    await store.append(createTestRecord('a', { prompt: 'ein Apfel 🍎' }));
    expect(await folderRecordStore(folder).get('a')).toEqual(
      createTestRecord('a', { prompt: 'ein Apfel 🍎' }),
    );
  });

  it('takes many appends at once, the same run among them', async () => {
    const store = folderRecordStore(root);
    const ids = Array.from({ length: 40 }, (_, n) => `run-${n % 20}`);
    await Promise.all(ids.map((id) => store.append(createTestRecord(id))));
    expect((await all(store.list())).map(({ runId }) => runId)).toEqual([...new Set(ids)]);
    expect((await readdir(root)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('is shared by two processes', async () => {
    const writer = fileURLToPath(new URL('./folder-stores.ts', import.meta.url));
    const program = (name: string) => `
      const { folderRecordStore } = await import(${JSON.stringify(writer)});
      const store = folderRecordStore(${JSON.stringify(root)});
      const record = ${JSON.stringify(createTestRecord('x'))};
      for (let n = 0; n < 25; n++) await store.append({ ...record, runId: '${name}-' + n });
      for (let n = 0; n < 10; n++) await store.append({ ...record, runId: 'both', prompt: '${name}' });`;
    const start = (name: string) =>
      run(process.execPath, [...NODE_FLAGS, '--input-type=module', '-e', program(name)]);
    const store = folderRecordStore(root);
    await store.append(createTestRecord('both'));
    await Promise.all([start('one'), start('two')]);
    const listed = await all(store.list());
    expect(listed).toHaveLength(51);
    expect(['one', 'two']).toContain((await store.get('both'))?.prompt);
  });

  it('keeps each verdict in a file of its own beside the record', async () => {
    const store = folderRecordStore(root);
    await store.append(createTestRecord('a'));
    const [file] = await readdir(root);
    await store.addFeedback('a', { value: 1, at: 5 });
    await store.append(createTestRecord('a', { feedback: [{ value: 0, at: 6 }] }));
    const names = await readdir(root);
    const verdicts = names.filter((name) => name !== file);
    expect(verdicts).toEqual([
      expect.stringMatching(/^\d{16}-a~[0-9a-f]{8}\.json$/),
      expect.stringMatching(/^\d{16}-a~[0-9a-f]{8}\.json$/),
    ]);
    expect(JSON.parse(await readFile(join(root, file!), 'utf8'))).toEqual(createTestRecord('a'));
    expect((await store.get('a'))?.feedback.map(({ at }) => at)).toEqual([5, 6]);
  });

  it('keeps verdicts that an earlier version wrote into the record', async () => {
    const old = createTestRecord('a', { feedback: [{ value: 1, at: 5 }] });
    await writeFile(join(root, '1700000000000000-a.json'), JSON.stringify(old));
    const store = folderRecordStore(root);
    await store.addFeedback('a', { value: 0, at: 6 });
    await store.append(createTestRecord('a', { prompt: 'another' }));
    expect(await store.get('a')).toEqual({
      ...createTestRecord('a', { prompt: 'another' }),
      feedback: [...old.feedback, { value: 0, at: 6 }],
    });
  });

  it('reads the newest of two files that processes made for a run at once, and lists it once', async () => {
    await writeFile(
      join(root, '1700000000000000-a.json'),
      JSON.stringify(createTestRecord('a', { prompt: 'old' })),
    );
    await writeFile(join(root, '1700000000000001-b.json'), JSON.stringify(createTestRecord('b')));
    await writeFile(
      join(root, '1700000000000002-a.json'),
      JSON.stringify(createTestRecord('a', { prompt: 'new' })),
    );
    const store = folderRecordStore(root);
    expect((await store.get('a'))?.prompt).toBe('new');
    await store.append(createTestRecord('a', { prompt: 'newer' }));
    const listed = (await all(store.list())).map(({ runId, prompt }) => [runId, prompt]);
    expect(listed).toEqual([
      ['a', 'newer'],
      ['b', 'a red apple 🍎'],
    ]);
  });

  it('sweeps the drafts of processes that are gone, and leaves those that may be written', async () => {
    const store = folderRecordStore(root);
    await store.append(createTestRecord('a'));
    const host = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);
    const dead = spawnSync(process.execPath, ['--version']).pid;
    const drafts = [
      `.1-x.json.${host}-${dead}.0a1b2c3d.tmp`,
      `.1-x.json.${host}-${process.pid}.0a1b2c3d.tmp`,
      `.1-x.json.00000000-${dead}.0a1b2c3d.tmp`,
      '.1-x.json.00000000-1.ffffffff.tmp',
    ];
    for (const draft of drafts) await writeFile(join(root, draft), '{');
    const old = new Date(Date.now() - 7_200_000);
    await utimes(join(root, drafts[3]!), old, old);
    const left = async () => (await readdir(root)).filter((name) => name.endsWith('.tmp')).sort();
    await store.append(createTestRecord('b'));
    expect(await left()).toEqual([drafts[1], drafts[2]].sort());
    await writeFile(join(root, drafts[0]!), '{');
    await all(store.list());
    expect(await left()).toEqual([drafts[1], drafts[2]].sort());
    await writeFile(join(root, drafts[0]!), '{');
    await folderTextCache(root).set('a', 'b');
    expect(await left()).toEqual([drafts[1], drafts[2]].sort());
  });

  it('leaves damaged files out of the list, says so, and goes on', async () => {
    const damaged: DamagedFile[] = [];
    const store = folderRecordStore(root, { onDamaged: (file) => damaged.push(file) });
    for (const id of ['a', 'b', 'c']) await store.append(createTestRecord(id));
    const files = (await readdir(root)).sort();
    await writeFile(join(root, files[0]!), '{ "schema": "comfygen/rec');
    await writeFile(join(root, files[2]!), '{ "schema": "comfygen/record@9" }');
    await writeFile(join(root, 'notes.txt'), 'mine');
    await writeFile(join(root, '.half.tmp'), '{');
    expect((await all(store.list())).map(({ runId }) => runId)).toEqual(['b']);
    expect(damaged.map(({ path }) => path)).toEqual(
      [files[0], files[2]].map((f) => join(root, f!)),
    );
    expect(damaged[0]?.reason).toMatch(/not JSON/);
    expect(damaged[1]?.reason).toBe(
      `record ${damaged[1]?.path}: schema must be comfygen/record@1; got "comfygen/record@9". runId is missing; it must be a text. images is missing; it must be a list. feedback is missing; it must be a list.`,
    );
    await expect(store.get('a')).rejects.toMatchObject({ code: 'INVALID_RECORD' });
    await store.append(createTestRecord('a'));
    expect(await store.get('a')).toEqual(createTestRecord('a'));
  });

  it('refuses ids that would leave the folder, and what JSON cannot hold', async () => {
    const store = folderRecordStore(join(root, 'records'));
    for (const id of ['../escape', 'a/b', '', '.hidden', 'x'.repeat(129)])
      await expect(store.append(createTestRecord(id))).rejects.toMatchObject({
        code: 'INVALID_RECORD',
      });
    const big = createTestRecord('big', { at: 1n as unknown as number });
    await expect(store.append(big)).rejects.toMatchObject({ code: 'INVALID_RECORD' });
    expect(await readdir(root)).toEqual([]);
  });

  it('takes no pipe and no device for a record', async ({ skip }) => {
    const pipe = join(root, '1700000000000000-a.json');
    if (spawnSync('mkfifo', [pipe]).status !== 0) skip('no mkfifo here');
    const damaged: DamagedFile[] = [];
    const store = folderRecordStore(root, { onDamaged: (file) => damaged.push(file) });
    await expect(store.get('a')).rejects.toMatchObject({ code: 'FILE_ACCESS' });
    expect(await all(store.list())).toEqual([]);
    expect(damaged).toEqual([{ path: pipe, reason: `${pipe}: not a file` }]);
  });

  it('says FILE_ACCESS below /proc, where no folder can be made', async ({ skip }) => {
    if (!existsSync('/proc/self')) skip('no /proc here');
    const deep = folderRecordStore('/proc/none/records');
    await expect(deep.append(createTestRecord('a'))).rejects.toMatchObject({ code: 'FILE_ACCESS' });
  });

  it('says FILE_ACCESS where a file stands in the way', async () => {
    await writeFile(join(root, 'file'), '');
    const store = folderRecordStore(join(root, 'file'));
    await expect(store.append(createTestRecord('a'))).rejects.toMatchObject({
      code: 'FILE_ACCESS',
    });
    await expect(store.get('a')).rejects.toMatchObject({ code: 'FILE_ACCESS' });
    await expect(all(store.list())).rejects.toMatchObject({ code: 'FILE_ACCESS' });
  });

  it('keeps the old record when the disk is full half-way', async ({ skip }) => {
    // A file system of 64 KiB in a mount namespace of its own: only Linux, and not in every sandbox.
    const mount = 'mount -t tmpfs -o size=64k none "$1"';
    const probe = await run('unshare', ['-rm', 'sh', '-c', mount, 'sh', root]).catch(
      () => undefined,
    );
    if (!probe) skip('no unshare with a mount namespace here');
    const store = fileURLToPath(new URL('./folder-stores.ts', import.meta.url));
    const program = `
      const { folderRecordStore } = await import(${JSON.stringify(store)});
      const store = folderRecordStore(process.argv[1]);
      const record = ${JSON.stringify(createTestRecord('a'))};
      await store.append(record);
      const error = await store.append({ ...record, prompt: 'x'.repeat(100_000) }).catch((e) => e);
      const { readdirSync } = await import('node:fs');
      const kept = await store.get('a');
      console.log(JSON.stringify([error.code, error.message, kept.prompt, readdirSync(process.argv[1]).length]));`;
    const script = `${mount} && exec "$2" ${NODE_FLAGS.join(' ')} --input-type=module -e "$3" "$1"`;
    const { stdout } = await run('unshare', [
      '-rm',
      'sh',
      '-c',
      script,
      'sh',
      root,
      process.execPath,
      program,
    ]);
    const [code, message, prompt, files] = JSON.parse(stdout);
    expect([code, prompt, files]).toEqual(['FILE_ACCESS', 'a red apple 🍎', 1]);
    expect(message).toMatch(/the disk is full/);
  });
});

describe('folderJobStore', () => {
  it('keeps, updates and deletes references', async () => {
    const store = folderJobStore(root);
    await store.put(createTestEntry('b'));
    await store.put(createTestEntry('a'));
    await store.put(createTestEntry('b', 'succeeded'));
    expect((await all(store.list())).map(({ planId, state }) => [planId, state])).toEqual([
      ['b', 'succeeded'],
      ['a', 'queued'],
    ]);
    expect(await folderJobStore(root).get('a')).toEqual(createTestEntry('a'));
    await store.delete('b');
    await store.delete('b');
    expect(await store.get('b')).toBeUndefined();
    expect(await readdir(root)).toHaveLength(1);
  });

  it('writes files that a person can read', async () => {
    await folderJobStore(root).put(createTestEntry('a'));
    const [file = ''] = await readdir(root);
    expect(JSON.parse(await readFile(join(root, file), 'utf8'))).toEqual(createTestEntry('a'));
  });

  it('says FILE_ACCESS where its folder cannot be made', async () => {
    await mkdir(join(root, 'x'));
    await writeFile(join(root, 'x', 'file'), '');
    const store = folderJobStore(join(root, 'x', 'file', 'jobs'));
    await expect(store.put(createTestEntry('a'))).rejects.toMatchObject({ code: 'FILE_ACCESS' });
  });
});

describe('folderImageCache', () => {
  it('keeps bytes for the next process, under keys of any kind', async () => {
    const folder = join(root, 'late', 'cache');
    const bytes = Uint8Array.from({ length: 300 }, (_, index) => index);
    expect(await folderImageCache(folder).get('../a')).toBeUndefined();
    await folderImageCache(folder).set('../a', new Uint8Array(1));
    await folderImageCache(folder).set('../a', bytes);
    const kept = await folderImageCache(folder).get('../a');
    expect(kept && new Uint8Array(kept)).toEqual(bytes);
    expect(await folderImageCache(folder).get('a')).toBeUndefined();
  });
});
