import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { ComfygenError } from '../errors/comfygen-error.ts';
import { fileFault, makeFolder } from './files.ts';

/** What is done in one go with the open file: `run` one statement, or several in a `transaction`. */
export interface Sql {
  /** The statement, prepared once. */
  prepare(sql: string): StatementSync;
  /** Does all of the work or none of it, and nobody else writes in between. */
  transaction(work: () => void): void;
}

/** A SQLite file that is opened at its first use. */
export interface SqliteFile {
  /** What the work gives on what is there; `undefined` while there is no file. */
  read<T>(work: (sql: Sql) => T): Promise<T | undefined>;
  /** Does the work; makes the file and its folder where they are missing. */
  write(work: (sql: Sql) => void): Promise<void>;
  close(): void;
}

/** How a file is laid out, and how it is told from other SQLite files. */
export interface SqliteFormat {
  applicationId: number;
  version: number;
  schema: string;
}

/** SQLite waits so long inside a call, which stands still meanwhile; the rest is waited outside. */
const BUSY_MS = 20;
const PAUSE_MS = 10;

/**
 * Opens a file for many processes at once: write-ahead log, flushed at every write, and `lockedAfterMs` of patience with
 * others. Errors of SQLite become FILE_ACCESS, and INVALID_RECORD for a file that is damaged or something else.
 *
 * @throws UNSUPPORTED where this runtime has no `node:sqlite`
 */
export function openSqlite(path: string, format: SqliteFormat, lockedAfterMs: number): SqliteFile {
  const { DatabaseSync: Database } = loadSqlite();
  let open: { db: DatabaseSync; inode: bigint; statements: Map<string, StatementSync> } | undefined;

  let queue: Promise<void> = Promise.resolve();

  function close(): void {
    const { db } = open ?? {};
    open = undefined;
    db?.close();
  }

  function connect(): Sql {
    const inode = inodeOf(path);
    // A file that was removed under us would take every write and keep none.
    if (open && open.inode !== inode) close();
    if (!open) {
      const db = new Database(path);
      try {
        prepareFile(db, path, format);
        open = { db, inode: inodeOf(path) ?? 0n, statements: new Map() };
      } catch (error) {
        db.close();
        throw error;
      }
    }
    const { db, statements } = open;
    return {
      prepare(sql) {
        const known = statements.get(sql) ?? db.prepare(sql);
        statements.set(sql, known);
        return known;
      },
      transaction: (work) => inTransaction(db, work),
    };
  }

  /** Tries until nobody else holds the file. */
  async function patiently<T>(work: () => T): Promise<T> {
    const started = performance.now();
    for (;;) {
      try {
        return work();
      } catch (error) {
        if (!isLocked(error) || performance.now() - started > lockedAfterMs)
          throw sqliteFault(path, error);
      }
      await sleep(PAUSE_MS);
    }
  }

  return {
    async read(work) {
      return patiently(() => (inodeOf(path) === undefined ? undefined : work(connect())));
    },
    write(work) {
      // In the order in which they were asked for, whoever has to wait.
      const turn = queue.then(async () => {
        if (inodeOf(path) === undefined) {
          await makeFolder(dirname(path)).catch((error) => {
            throw fileFault(path, error);
          });
        }
        await patiently(() => work(connect()));
      });
      queue = turn.catch(() => {});
      return turn;
    },
    close,
  };
}

/** The module, without its warning: it says that it may change, which is ours to follow. @throws UNSUPPORTED */
function loadSqlite(): typeof import('node:sqlite') {
  const { emitWarning } = process;
  process.emitWarning = (...said: unknown[]) => {
    if (!/SQLite/.test(String(said[0]))) Reflect.apply(emitWarning, process, said);
  };
  try {
    const sqlite = process.getBuiltinModule?.('node:sqlite');
    if (sqlite) return sqlite;
  } finally {
    process.emitWarning = emitWarning;
  }
  throw new ComfygenError('UNSUPPORTED', 'sqliteStore needs node:sqlite, which is not there.', {
    details: {
      hint: 'Use Node 22.14 or newer, Deno 2.2 or newer, or folderRecordStore and folderJobStore.',
    },
  });
}

function inodeOf(path: string): bigint | undefined {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  if (found && !found.isFile())
    throw new ComfygenError('FILE_ACCESS', `${path}: not a file`, { details: { path } });
  return found?.ino;
}

function prepareFile(db: DatabaseSync, path: string, format: SqliteFormat): void {
  const { applicationId, version, schema } = format;
  db.exec(`PRAGMA busy_timeout = ${BUSY_MS}`);
  if (numberOf(db, 'PRAGMA application_id') !== applicationId) {
    inTransaction(db, () => {
      // Another process may have made it since.
      if (numberOf(db, 'PRAGMA application_id') === applicationId) return;
      if (numberOf(db, 'SELECT count(*) FROM sqlite_schema') > 0) throw notOurs(path);
      db.exec(
        `${schema}; PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${version}`,
      );
    });
  }
  if (numberOf(db, 'PRAGMA user_version') > version) {
    throw new ComfygenError('INVALID_RECORD', `${path} was made by a newer version of comfygen.`, {
      details: { path },
    });
  }
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
}

const notOurs = (path: string) =>
  new ComfygenError('INVALID_RECORD', `${path} is a database of something else.`, {
    details: { path },
  });

function numberOf(db: DatabaseSync, sql: string): number {
  return Number(Object.values(db.prepare(sql).get() ?? {})[0]);
}

function inTransaction(db: DatabaseSync, work: () => void): void {
  db.exec('BEGIN IMMEDIATE');
  try {
    work();
    db.exec('COMMIT');
  } catch (error) {
    // A full disk ends the transaction by itself.
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

/** SQLite's result codes, of which the lower eight bits tell the kind. */
const codeOf = (error: unknown): number => Number((error as { errcode?: number }).errcode) & 255;
const isLocked = (error: unknown): boolean => [5, 6].includes(codeOf(error));

const FAULTS: { [code: number]: string } = {
  5: 'other processes hold it locked',
  8: 'the disk can only be read',
  10: 'the disk fails',
  13: 'the disk is full',
  14: 'it can’t be opened',
};

function sqliteFault(path: string, error: unknown): unknown {
  const code = codeOf(error);
  if (ComfygenError.is(error) || Number.isNaN(code) || code === 0) return error;
  const details = { path };
  if (code === 11 || code === 26) {
    const message = `${path}: damaged, or no SQLite database`;
    return new ComfygenError('INVALID_RECORD', message, { details, cause: error });
  }
  const why = FAULTS[code] ?? (error as Error).message;
  return new ComfygenError('FILE_ACCESS', `${path}: ${why}`, { details, cause: error });
}
