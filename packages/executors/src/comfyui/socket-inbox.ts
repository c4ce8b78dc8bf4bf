import { parseInPieces } from 'comfygen/http';
import { letOthersRun } from 'comfygen/plugin';
import { readMessage, type ServerEvent } from './read-message.ts';

/** Messages that are read at once; those of a job at work are fewer by far. */
const AT_ONCE = 100;
/** A message above this many characters is read in pieces. */
const LARGE = 256 * 1024;
/** Messages that may come before those that wait are read. */
const MOST = 20_000;

/** Reads what a socket brings. */
export interface SocketInbox {
  take(data: unknown): void;
}

interface Waiting {
  data: unknown;
  bytes: number;
  /** What a newer one of the same kind makes needless. */
  kind: string | undefined;
}

/** What `createSocketInbox` is given. */
export interface InboxOptions {
  maxFrameBytes: number;
  onEvent(event: ServerEvent): void;
  /** Called once for a message above the limit, or for more of them than can be read. */
  onFlood(what: string): void;
}

/**
 * An inbox that reads a socket's messages as they come. Those of a flood wait for turns in which others run too, and
 * of progress and previews only the newest is kept meanwhile.
 */
export function createSocketInbox({ maxFrameBytes, onEvent, onFlood }: InboxOptions): SocketInbox {
  let waiting: (Waiting | undefined)[] = [];
  let newest = new Map<string, number>();
  let bytes = 0;
  let readThisTurn = 0;
  let isReading = false;
  let isOver = false;

  const clear = () => {
    waiting = [];
    newest = new Map();
    bytes = 0;
  };
  const drop = (at: number): Waiting | undefined => {
    const item = waiting[at];
    if (item === undefined) return undefined;
    waiting[at] = undefined;
    bytes -= item.bytes;
    return item;
  };
  const flood = (what: string) => {
    isOver = true;
    clear();
    onFlood(what);
  };
  const read = async () => {
    isReading = true;
    for (let at = 0, done = 0; at < waiting.length && !isOver; at += 1) {
      const item = drop(at);
      if (item) await readOne(item.data, onEvent).catch(() => {});
      if (item && ++done % AT_ONCE === 0) await letOthersRun();
    }
    clear();
    isReading = false;
  };

  return {
    take(data) {
      if (isOver) return;
      const size = sizeOf(data);
      if (size > maxFrameBytes) return flood(`a message of ${size} bytes`);
      if (!isReading && readThisTurn < AT_ONCE && size < LARGE) {
        if (readThisTurn === 0) void letOthersRun().then(() => (readThisTurn = 0));
        readThisTurn += 1;
        const event = readMessage(data);
        if (event) onEvent(event);
        return;
      }
      const kind = kindOf(data);
      const older = kind === undefined ? undefined : newest.get(kind);
      if (older !== undefined) drop(older);
      if (kind !== undefined) newest.set(kind, waiting.length);
      waiting.push({ data, bytes: size, kind });
      bytes += size;
      if (waiting.length > MOST || bytes > maxFrameBytes)
        return flood('more messages than can be read');
      if (!isReading) void letOthersRun().then(read);
      isReading = true;
    },
  };
}

async function readOne(data: unknown, onEvent: (event: ServerEvent) => void): Promise<void> {
  const parsed = typeof data === 'string' && data.length > LARGE ? await parseInPieces(data) : data;
  const event = readMessage(parsed);
  if (event) onEvent(event);
}

function sizeOf(data: unknown): number {
  if (typeof data === 'string') return data.length;
  return data instanceof ArrayBuffer || ArrayBuffer.isView(data) ? data.byteLength : 0;
}

/** `progress` of one job, or `preview`: what the next of its kind says better. */
function kindOf(data: unknown): string | undefined {
  if (typeof data !== 'string') return 'preview';
  const head = data.slice(0, 400);
  const type = /"type"\s*:\s*"(progress(?:_state)?)"/.exec(head)?.[1];
  return type && `${type} ${/"prompt_id"\s*:\s*"([^"]*)"/.exec(head)?.[1]}`;
}
