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
  readInput(): Promise<string>;
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

async function readAll(stream: NodeJS.ReadStream): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}

const widthOf = (columns: number): number => Math.max(40, Math.min(100, Math.floor(columns)));

/** The streams of this process. */
export function createProcessIo(): Io {
  const { stdout, stderr, env } = process;
  const outIsTty = stdout.isTTY === true;
  const errIsTty = stderr.isTTY === true;
  return {
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    outColors: picocolors.createColors(wantsColor(outIsTty, env)),
    errColors: picocolors.createColors(wantsColor(errIsTty, env)),
    outIsTty,
    errIsTty,
    columns: widthOf(stdout.columns || stderr.columns || Number(env['COLUMNS']) || 80),
    env,
    cwd: process.cwd(),
    readInput: () => readAll(process.stdin),
  };
}
