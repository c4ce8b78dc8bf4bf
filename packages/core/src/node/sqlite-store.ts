import { z } from 'zod';
import type {
  Feedback,
  JobEntry,
  JobStore,
  RecordStore,
  RunRecord,
  TextCache,
} from '../spec/index.ts';
import { noSuchRun, verdictsNotIn } from '../stores/verdicts.ts';
import { readAs } from '../util/read-as.ts';
import { openSqlite, type Sql, type SqliteFile } from './open-sqlite.ts';
import {
  type DamagedFile,
  type DocumentKind,
  JOB,
  parseDocument,
  RECORD,
  readOrTell,
  type StoreOptions,
  toJson,
  VERDICT,
  warnOfDamage,
} from './stored-documents.ts';

/** The stores that one file holds. */
export interface SqliteStore {
  /** For `records` of createComfyGen; verdicts are rows of their own. */
  records: RecordStore & Required<Pick<RecordStore, 'addFeedback'>>;
  /** For `jobs` of createComfyGen. */
  jobs: JobStore;
  /** For `withCache` and selectors that ask language models. */
  texts: TextCache;
  /** Closes the file and leaves nothing beside it, as before it is copied. The next use opens it again. */
  close(): void;
}

/** Settings of a SQLite store. */
export interface SqliteStoreOptions extends StoreOptions {
  /** How long a call waits for other processes that write, in milliseconds, before FILE_ACCESS. Default 10,000. */
  lockedAfterMs?: number | undefined;
}

const options = z.strictObject({
  onDamaged: z
    .custom<NonNullable<StoreOptions['onDamaged']>>((value) => typeof value === 'function', {
      error: 'must be a function',
    })
    .default(() => warnOfDamage),
  lockedAfterMs: z.int().min(0).default(10_000),
});

const FORMAT = {
  // "cfgn"
  applicationId: 0x6366676e,
  version: 1,
  schema: `
    CREATE TABLE records (seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, json TEXT NOT NULL) STRICT;
    CREATE TABLE feedback (seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, json TEXT NOT NULL) STRICT;
    CREATE INDEX feedback_of_run ON feedback (id);
    CREATE TABLE jobs (seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, json TEXT NOT NULL) STRICT;
    CREATE TABLE texts (id TEXT PRIMARY KEY, text TEXT NOT NULL) STRICT, WITHOUT ROWID`,
};

const PAGE = 100;

/** A row of a table of documents. */
interface Row {
  seq: number;
  id: string;
  json: string;
}

/**
 * Keeps records with their feedback, references of jobs and cached texts in one SQLite file, made at the first write.
 * Any number of processes may share it: what a call has resolved for stays, also when the process is killed or the power
 * fails. A damaged row is left out of `list` and reported; `get` of it throws INVALID_RECORD, as everything does where
 * the file is another program's. Throws FILE_ACCESS where the file can't be read or written, or is locked for
 * `lockedAfterMs`.
 *
 * @throws UNSUPPORTED at once where this runtime has no `node:sqlite`; INVALID_OPTIONS
 */
export function sqliteStore(path: string, given: SqliteStoreOptions = {}): SqliteStore {
  const as = { what: 'sqliteStore', code: 'INVALID_OPTIONS' } as const;
  readAs(z.string().min(1), path, { ...as, what: 'The path of sqliteStore' });
  const { onDamaged, lockedAfterMs } = readAs(options, given, as);
  const file = openSqlite(path, FORMAT, lockedAfterMs);
  const kept: KeptIn = { file, path, onDamaged };
  return { records: recordsIn(kept), jobs: jobsIn(kept), texts: textsIn(file), close: file.close };
}

interface KeptIn {
  file: SqliteFile;
  path: string;
  onDamaged: NonNullable<StoreOptions['onDamaged']>;
}

function recordsIn(kept: KeptIn): SqliteStore['records'] {
  const { file, path, onDamaged } = kept;
  const addVerdict = (sql: Sql, runId: string, json: string) =>
    sql.prepare('INSERT INTO feedback (id, json) VALUES (?, ?)').run(runId, json);
  const verdictsOf = (sql: Sql, runId: string): Feedback[] =>
    sql
      .prepare('SELECT json FROM feedback WHERE id = ? ORDER BY seq')
      .all(runId)
      .flatMap(({ json }) => {
        const where = `${path}, a verdict on ${runId}`;
        const read = () => parseDocument(where, String(json), VERDICT) as Feedback;
        return readOrTell(path, onDamaged, read) ?? [];
      });
  const withVerdicts = (sql: Sql, row: Row): RunRecord => {
    const record = parseRow(path, row, RECORD) as RunRecord;
    return { ...record, feedback: verdictsOf(sql, row.id) };
  };
  return {
    async append(record) {
      const { runId, feedback } = record;
      const json = toJson({ ...record, feedback: [] }, RECORD.noun, runId);
      await file.write((sql) =>
        sql.transaction(() => {
          putRow(sql, 'records', runId, json);
          for (const verdict of verdictsNotIn(verdictsOf(sql, runId), feedback))
            addVerdict(sql, runId, toJson(verdict, VERDICT.noun, runId));
        }),
      );
    },
    async addFeedback(runId, verdict) {
      const json = toJson(verdict, VERDICT.noun, runId);
      await file.write((sql) =>
        sql.transaction(() => {
          if (!getRow(sql, 'records', runId)) throw noSuchRun(runId);
          addVerdict(sql, runId, json);
        }),
      );
    },
    get: (runId) =>
      file.read((sql) => {
        const row = getRow(sql, 'records', runId);
        return row && withVerdicts(sql, row);
      }),
    list: () => listRows(kept, 'records', withVerdicts),
  };
}

function jobsIn(kept: KeptIn): JobStore {
  const { file, path } = kept;
  return {
    async put(entry) {
      const json = toJson(entry, JOB.noun, entry.planId);
      await file.write((sql) => putRow(sql, 'jobs', entry.planId, json));
    },
    get: (planId) =>
      file.read((sql) => {
        const row = getRow(sql, 'jobs', planId);
        return row && (parseRow(path, row, JOB) as JobEntry);
      }),
    list: () => listRows(kept, 'jobs', (_, row) => parseRow(path, row, JOB) as JobEntry),
    async delete(planId) {
      await file.write((sql) => void sql.prepare('DELETE FROM jobs WHERE id = ?').run(planId));
    },
  };
}

function textsIn(file: SqliteFile): TextCache {
  return {
    get: (key) =>
      file.read((sql) => {
        const row = sql.prepare('SELECT text FROM texts WHERE id = ?').get(key);
        return row && String(row['text']);
      }),
    async set(key, text) {
      const replace = 'INSERT OR REPLACE INTO texts (id, text) VALUES (?, ?)';
      await file.write((sql) => void sql.prepare(replace).run(key, text));
    },
  };
}

type Table = 'records' | 'jobs';

function putRow(sql: Sql, table: Table, id: string, json: string): void {
  sql
    .prepare(
      `INSERT INTO ${table} (id, json) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET json = excluded.json`,
    )
    .run(id, json);
}

function getRow(sql: Sql, table: Table, id: string): Row | undefined {
  return sql.prepare(`SELECT * FROM ${table} WHERE id = ?`).get(id) as Row | undefined;
}

/** All rows, some at a time: nobody is kept from writing meanwhile, and the memory stays small. */
async function* listRows<T>(
  { file, path, onDamaged }: KeptIn,
  table: Table,
  read: (sql: Sql, row: Row) => T,
): AsyncIterable<T> {
  for (let last = 0; ; ) {
    const page = await file.read((sql) => {
      const query = `SELECT * FROM ${table} WHERE seq > ? ORDER BY seq LIMIT ${PAGE}`;
      const rows = sql.prepare(query).all(last) as unknown as Row[];
      return rows.map((row) => {
        const told: DamagedFile[] = [];
        const value = readOrTell(
          path,
          (file) => told.push(file),
          () => read(sql, row),
        );
        return { seq: row.seq, value, told };
      });
    });
    for (const { seq, value, told } of page ?? []) {
      last = seq;
      // Only now: a read that finds the file locked is begun again.
      for (const file of told) onDamaged(file);
      if (value !== undefined) yield value;
    }
    if (!page || page.length < PAGE) return;
  }
}

function parseRow(path: string, { id, json }: Row, kind: DocumentKind): unknown {
  return parseDocument(`${path}, ${kind.noun} ${id}`, json, kind);
}
