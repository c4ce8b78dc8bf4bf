import { ComfygenError } from 'comfygen';
import picocolors from 'picocolors';

/** The colours of one stream: plain functions that do nothing where colour is off. */
export type Colors = ReturnType<typeof picocolors.createColors>;

/** Where a command reads and writes. Results go to `out`, everything else to `err`. */
export interface Io {
  out(text: string): void;
  err(text: string): void;
  outColors: Colors;
  errColors: Colors;
  outIsTty: boolean;
  errIsTty: boolean;
  /** Width to write for, 40 to 100: the terminal's, else COLUMNS, else 80. */
  columns: number;
  env: NodeJS.ProcessEnv;
  cwd: string;
  /** All of stdin. Throws PAYLOAD_TOO_LARGE where it has no end; rejects once the signal aborts. */
  readInput(signal?: AbortSignal): Promise<string>;
}

/** One call of the command line: its streams, its abort signal, and its exit code. */
export interface Run {
  io: Io;
  /** Aborted by Ctrl-C. */
  signal: AbortSignal;
  exitCode: number;
  /** Advice for when Ctrl-C ends the command but not its job; absent where the job ends too. */
  goesOn?: string;
}

/**
 * Whether to print colours: NO_COLOR decides, then FORCE_COLOR, then whether the stream is a terminal. Empty values
 * count as unset.
 */
export function wantsColor(isTty: boolean, env: NodeJS.ProcessEnv): boolean {
  if (env['NO_COLOR']) return false;
  if (env['FORCE_COLOR']) return env['FORCE_COLOR'] !== '0' && env['FORCE_COLOR'] !== 'false';
  return isTty && env['TERM'] !== 'dumb';
}

/** No file or input that a command reads is larger than this. */
export const MAX_INPUT_BYTES = 2 ** 28;

async function readAll(stream: NodeJS.ReadStream, signal?: AbortSignal): Promise<string> {
  const chunks: Buffer[] = [];
  let total = 0;
  const leave = () => void stream.destroy(signal?.reason);
  signal?.addEventListener('abort', leave);
  try {
    for await (const chunk of stream) {
      const bytes = Buffer.from(chunk);
      total += bytes.length;
      if (total > MAX_INPUT_BYTES) {
        const message = `stdin: more than ${MAX_INPUT_BYTES} bytes`;
        throw new ComfygenError('PAYLOAD_TOO_LARGE', message);
      }
      chunks.push(bytes);
    }
    signal?.throwIfAborted();
    return Buffer.concat(chunks).toString('utf8');
  } finally {
    signal?.removeEventListener('abort', leave);
  }
}

const widthOf = (columns: number): number => Math.max(40, Math.min(100, Math.floor(columns)));

/** What an `Io` is made from: where texts go, and what is known of the two streams. */
export interface IoSource extends Pick<Io, 'out' | 'err' | 'env' | 'cwd' | 'readInput'> {
  /** Whether the streams are terminals; default false. */
  outIsTty?: boolean;
  errIsTty?: boolean;
  /** The terminal's own width, where there is one. */
  columns?: number | undefined;
}

/** Streams for a command line; colours and width follow the streams, then the environment. */
export function createIo({ outIsTty = false, errIsTty = false, columns, ...rest }: IoSource): Io {
  const { env } = rest;
  return {
    ...rest,
    outColors: picocolors.createColors(wantsColor(outIsTty, env)),
    errColors: picocolors.createColors(wantsColor(errIsTty, env)),
    outIsTty,
    errIsTty,
    columns: widthOf(columns || Number(env['COLUMNS']) || 80),
  };
}

/** The streams of this process. */
export function createProcessIo(): Io {
  const { stdout, stderr, env } = process;
  leaveOnBrokenOutput();
  return createIo({
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    outIsTty: stdout.isTTY === true,
    errIsTty: stderr.isTTY === true,
    columns: stdout.columns || stderr.columns,
    env,
    cwd: process.cwd(),
    readInput: (signal) => readAll(process.stdin, signal),
  });
}

/** `comfygen flows list | head -1` ends without a word, as other commands do; a full disk is said. */
function leaveOnBrokenOutput(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', ({ code, message }: NodeJS.ErrnoException) => {
      if (code === 'EPIPE') process.exit(process.exitCode ?? 0);
      if (stream === process.stdout)
        process.stderr.write(`error FILE_ACCESS: stdout: ${message}\n`);
      process.exit(1);
    });
  }
}
