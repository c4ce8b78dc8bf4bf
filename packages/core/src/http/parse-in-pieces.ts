import { letOthersRun } from '../util/let-others-run.ts';

/** Characters that are read at once: some milliseconds of work. */
const PIECE = 256 * 1024;
/** Members of one list or object: to grow a longer one holds everything up. */
const MOST = 500_000;
/** Each level of large values inside large values is looked through again. */
const DEEPEST = 32;

/** How a long text is read. */
export interface ParseOptions {
  /** Reads one piece. Default `JSON.parse`. */
  parse?: ((text: string) => unknown) | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * The value of a JSON text of any length, read piece by piece with turns of the event loop between them, so that
 * nothing else has to wait for a large answer. Throws a SyntaxError for what is no JSON; rejects with the signal's reason.
 */
export async function parseInPieces(
  text: string,
  { parse = JSON.parse, signal }: ParseOptions = {},
): Promise<unknown> {
  let read = 0;
  const pause = async (characters: number) => {
    read += characters;
    if (read < PIECE) return;
    read = 0;
    await letOthersRun(signal);
  };
  /** Where the member that begins at `from` ends: at a comma, or another sign, outside of texts and brackets. */
  const findEnd = async (from: number, to: number, sign = ','): Promise<number> => {
    const scan = { at: from, depth: 0 };
    for (;;) {
      const before = scan.at;
      const isFound = goOn(text, scan, Math.min(to, before + PIECE), sign.charCodeAt(0));
      if (scan.at - before > 1_000) await pause(scan.at - before);
      if (isFound || scan.at >= to) return Math.min(scan.at, to);
    }
  };

  /** The members between `start` and the closing bracket before `end`, as many at once as make a piece. */
  const readMembers = async (start: number, end: number, depth: number): Promise<unknown> => {
    const isList = text[start] === '[';
    const list: unknown[] = [];
    const object: Record<string, unknown> = {};
    const add = (piece: string) => {
      if (piece.trim() === '') throw new SyntaxError('A member is missing.');
      if (isList) for (const item of parse(`[${piece}]`) as unknown[]) list.push(item);
      else for (const [key, item] of Object.entries(parse(`{${piece}}`) as object)) set(key, item);
    };
    const set = (key: string, value: unknown) =>
      Object.defineProperty(object, key, {
        ...{ value, enumerable: true, configurable: true, writable: true },
      });
    let count = 0;
    let first = start + 1;
    for (let at = first; at < end; ) {
      const stop = await findEnd(at, end - 1);
      const isLast = stop === end - 1;
      count += 1;
      if (count > MOST) throw new SyntaxError(`It has more than ${MOST} members.`);
      if (stop - at > PIECE) {
        if (at > first) add(text.slice(first, at - 1));
        const colon = isList ? at : (await findEnd(at, stop, ':')) + 1;
        const value = await readValue(colon, stop, depth + 1);
        if (isList) list.push(value);
        else set(String(parse(text.slice(at, colon - 1))), value);
        first = stop + 1;
      } else if (stop - first > PIECE || isLast) {
        add(text.slice(first, stop));
        first = stop + 1;
      }
      await pause(stop - at);
      if (isLast) break;
      at = stop + 1;
    }
    return isList ? list : object;
  };
  const readValue = async (from: number, to: number, depth: number): Promise<unknown> => {
    const [start, end] = trim(text, from, to);
    const closes = text[start] === '{' ? '}' : text[start] === '[' ? ']' : undefined;
    if (end - start <= PIECE || closes === undefined) return parse(text.slice(start, end));
    if (depth > DEEPEST) throw new SyntaxError('Large values lie too deep in each other.');
    if (text[end - 1] !== closes) throw new SyntaxError(`A ${closes} is missing.`);
    return readMembers(start, end, depth);
  };
  return readValue(0, text.length, 0);
}

const isBlank = (code: number) => code === 32 || code === 10 || code === 13 || code === 9;

function trim(text: string, from: number, to: number): [number, number] {
  let [start, end] = [from, to];
  while (start < end && isBlank(text.charCodeAt(start))) start += 1;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end -= 1;
  return [start, end];
}

/** Looks for a sign outside of texts and brackets, up to `to`; true where `at` stands on it. */
function goOn(
  text: string,
  scan: { at: number; depth: number },
  to: number,
  sign: number,
): boolean {
  for (; scan.at < to; scan.at += 1) {
    const code = text.charCodeAt(scan.at);
    if (code === sign && scan.depth === 0) return true;
    if (code === 34) scan.at = endOfText(text, scan.at);
    else if (code === 123 || code === 91) scan.depth += 1;
    else if (code === 125 || code === 93) scan.depth -= 1;
    if (scan.at < 0 || scan.depth < 0) throw new SyntaxError('A quote or a bracket is missing.');
  }
  return false;
}

/** The closing quote of the text that opens at `open`; -1 for none. */
function endOfText(text: string, open: number): number {
  for (let quote = text.indexOf('"', open + 1); quote >= 0; quote = text.indexOf('"', quote + 1)) {
    let slashes = 0;
    while (text.charCodeAt(quote - 1 - slashes) === 92) slashes += 1;
    if (slashes % 2 === 0) return quote;
  }
  return -1;
}
