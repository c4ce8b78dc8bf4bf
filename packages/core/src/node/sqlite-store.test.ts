import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { jobStoreSuite, recordStoreSuite, textCacheSuite } from '../testing/store/store-suites.ts';
import { createTestRecord } from '../testing/store/test-entries.ts';
import { type SqliteStore, type SqliteStoreOptions, sqliteStore } from './sqlite-store.ts';
import type { DamagedFile } from './stored-documents.ts';

async function tempFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'comfygen-sqlite-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

function open(path: string, options?: SqliteStoreOptions): SqliteStore {
  const store = sqliteStore(path, options);
  onTestFinished(store.close);
  return store;
}

const places = join(tmpdir(), `comfygen-sqlite-${randomUUID()}`);
afterAll(() => rm(places, { recursive: true, force: true }));

for (const [suite, part] of [
  [recordStoreSuite, 'records'],
  [jobStoreSuite, 'jobs'],
  [textCacheSuite, 'texts'],
] as const) {
  suite(
    { describe, it },
    {
      async create() {
        const path = join(places, randomUUID(), 'deep', 'store.db');
        return { store: sqliteStore(path)[part], another: () => sqliteStore(path)[part] } as never;
      },
    },
  );
}

describe('sqliteStore', () => {
  it('makes its file at the first write, and one file is all that stays', async () => {
    const folder = await tempFolder();
    const path = join(folder, 'made', 'late.db');
    const store = open(path);
    expect(await store.records.get('a')).toBeUndefined();
    expect(await store.texts.get('a')).toBeUndefined();
    expect(await readdir(folder)).toEqual([]);
    await store.records.append(createTestRecord('a'));
    await store.texts.set('key', 'text');
    store.close();
    expect(await readdir(join(folder, 'made'))).toEqual(['late.db']);
    expect(await store.records.get('a')).toEqual(createTestRecord('a'));
    expect(await open(path).texts.get('key')).toBe('text');
  });

  it('begins again where its file was removed, and says nothing was kept', async () => {
    const path = join(await tempFolder(), 'store.db');
    const store = open(path);
    await store.records.append(createTestRecord('a'));
    for (const end of ['', '-wal', '-shm']) await rm(path + end, { force: true });
    expect(await store.records.get('a')).toBeUndefined();
    await store.records.append(createTestRecord('b'));
    expect(await open(path).records.get('b')).toEqual(createTestRecord('b'));
  });

  it('leaves damaged rows out of the list, says so, and goes on', async () => {
    const path = join(await tempFolder(), 'store.db');
    const damaged: DamagedFile[] = [];
    const store = open(path, { onDamaged: (file) => damaged.push(file) });
    for (const id of ['a', 'b', 'c']) await store.records.append(createTestRecord(id));
    await store.records.addFeedback('b', { value: 1, at: 1 });
    await store.records.addFeedback('b', { value: 0.5, at: 1 });
    const db = new DatabaseSync(path);
    db.exec(
      `UPDATE records SET json = '{' WHERE id = 'a'; UPDATE feedback SET json = '7' WHERE seq = 1`,
    );
    db.close();
    const ids: [string, number][] = [];
    for await (const { runId, feedback } of store.records.list())
      ids.push([runId, feedback.length]);
    expect(ids).toEqual([
      ['b', 1],
      ['c', 0],
    ]);
    expect(damaged.map(({ reason }) => reason).sort()).toEqual([
      `${path}, record a: not JSON`,
      expect.stringContaining(`verdict ${path}, a verdict on b`),
    ]);
    await expect(store.records.get('a')).rejects.toMatchObject({ code: 'INVALID_RECORD' });
    await store.records.append(createTestRecord('a'));
    expect(await store.records.get('a')).toEqual(createTestRecord('a'));
  });

  it('lists more than a page, also while it is written', async () => {
    const store = open(join(await tempFolder(), 'store.db'));
    for (let n = 0; n < 250; n += 1) await store.records.append(createTestRecord(`run-${n}`));
    let count = 0;
    for await (const { runId } of store.records.list()) {
      if (count === 0) await store.records.append(createTestRecord('late'));
      expect(runId).toBe(count < 250 ? `run-${count}` : 'late');
      count += 1;
    }
    expect(count).toBe(251);
  });

  it('waits for others that write, and says FILE_ACCESS when that takes too long', async () => {
    const path = join(await tempFolder(), 'store.db');
    await open(path).texts.set('key', 'old');
    const other = new DatabaseSync(path);
    other.exec('BEGIN IMMEDIATE');
    await expect(open(path, { lockedAfterMs: 50 }).texts.set('key', 'new')).rejects.toMatchObject({
      code: 'FILE_ACCESS',
      message: expect.stringMatching(/locked/),
    });
    const patient = open(path).texts.set('key', 'newer');
    expect(await open(path).texts.get('key')).toBe('old');
    other.exec('COMMIT');
    other.close();
    await patient;
    expect(await open(path).texts.get('key')).toBe('newer');
  });

  it('touches no file of somebody else', async () => {
    const folder = await tempFolder();
    const [foreign, garbage, newer] = ['foreign.db', 'garbage.db', 'newer.db'].map((n) =>
      join(folder, n),
    ) as [string, string, string];
    const db = new DatabaseSync(foreign);
    db.exec('CREATE TABLE theirs (x)');
    db.close();
    await writeFile(garbage, 'no database at all, but long enough to look at. '.repeat(30));
    const store = open(newer);
    await store.texts.set('a', 'b');
    store.close();
    const later = new DatabaseSync(newer);
    later.exec('PRAGMA user_version = 99');
    later.close();
    for (const path of [foreign, garbage, newer]) {
      const wrong = expect.objectContaining({ code: 'INVALID_RECORD' });
      await expect(open(path).records.append(createTestRecord('a'))).rejects.toEqual(wrong);
      await expect(open(path).jobs.get('a')).rejects.toEqual(wrong);
    }
    const after = new DatabaseSync(foreign);
    expect(after.prepare('SELECT name FROM sqlite_schema').all()).toEqual([{ name: 'theirs' }]);
    after.close();
    expect(await readdir(folder)).toEqual(['foreign.db', 'garbage.db', 'newer.db']);
  });

  it('says FILE_ACCESS where a folder or a file stands in the way, or nothing can be made', async () => {
    const folder = await tempFolder();
    await mkdir(join(folder, 'taken.db'));
    await writeFile(join(folder, 'file'), '');
    const bad = [join(folder, 'taken.db'), join(folder, 'file', 'store.db')];
    if (existsSync('/proc/self')) bad.push('/proc/none/store.db', '/dev/null');
    for (const path of bad) {
      const wrong = expect.objectContaining({ code: 'FILE_ACCESS' });
      await expect(open(path).records.append(createTestRecord('a'))).rejects.toEqual(wrong);
    }
  });

  it('refuses what it does not know, and what JSON cannot hold', async () => {
    expect(() => sqliteStore('')).toThrow(expect.objectContaining({ code: 'INVALID_OPTIONS' }));
    expect(() => sqliteStore('a.db', { lockedAfter: 1 } as never)).toThrow(/lockedAfterMs/);
    const path = join(await tempFolder(), 'store.db');
    const big = createTestRecord('a', { at: 1n as unknown as number });
    await expect(open(path).records.append(big)).rejects.toMatchObject({ code: 'INVALID_RECORD' });
    expect(existsSync(path)).toBe(false);
  });

  it('says UNSUPPORTED with a way out where the runtime has no SQLite', () => {
    const spy = vi.spyOn(process, 'getBuiltinModule').mockReturnValue(undefined as never);
    onTestFinished(() => spy.mockRestore());
    expect(() => sqliteStore('a.db')).toThrow(
      expect.objectContaining({
        code: 'UNSUPPORTED',
        details: { hint: expect.stringContaining('folderRecordStore') },
      }),
    );
  });

  it('prints no warning of the runtime, and swallows no other', async () => {
    const module = JSON.stringify(fileURLToPath(new URL('./sqlite-store.ts', import.meta.url)));
    const program = `
      const { sqliteStore } = await import(${module});
      await sqliteStore(process.argv[1]).texts.set('a', 'b');
      process.emitWarning('SQLite is mine');`;
    const flags = ['--conditions=comfygen-source', '--experimental-strip-types'];
    const path = join(await tempFolder(), 'store.db');
    const args = [...flags, '--input-type=module', '-e', program, path];
    const { stderr, status } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    expect(status).toBe(0);
    expect(stderr).not.toMatch(/SQLite is an experimental/);
    expect(stderr).toMatch(/SQLite is mine/);
  });
});
