import type { Io } from '../terminal/io.ts';

/** How a terminal shows pictures. */
export type ImageProtocol = 'kitty' | 'iterm';

const CELLS = 40;
const KITTY_CHUNK = 4096;

/** The protocol of this terminal, told by its own variables; none inside tmux and screen, which drop it. */
export function imageProtocol(env: NodeJS.ProcessEnv): ImageProtocol | undefined {
  if (env['TMUX'] || env['STY']) return undefined;
  const program = env['TERM_PROGRAM'] ?? '';
  if (env['KITTY_WINDOW_ID'] || /kitty|ghostty/.test(env['TERM'] ?? '') || program === 'ghostty') {
    return 'kitty';
  }
  if (program === 'iTerm.app' || program === 'WezTerm') return 'iterm';
  return env['LC_TERMINAL'] === 'iTerm2' ? 'iterm' : undefined;
}

/** Whether 24-bit colours can be expected. */
function hasTrueColor(env: NodeJS.ProcessEnv): boolean {
  return /^(truecolor|24bit)$/i.test(env['COLORTERM'] ?? '');
}

/** The escape sequence that shows a PNG, at most 40 cells wide. */
export function renderInlineImage(png: Uint8Array, protocol: ImageProtocol): string {
  const base64 = Buffer.from(png).toString('base64');
  if (protocol === 'iterm') {
    const options = `inline=1;size=${png.length};width=${CELLS};preserveAspectRatio=1`;
    return `\u001b]1337;File=${options}:${base64}\u0007\n`;
  }
  let result = '';
  for (let at = 0; at < base64.length; at += KITTY_CHUNK) {
    const more = at + KITTY_CHUNK < base64.length ? 1 : 0;
    const control = at === 0 ? `a=T,f=100,c=${CELLS},q=2,m=${more}` : `m=${more}`;
    result += `\u001b_G${control};${base64.slice(at, at + KITTY_CHUNK)}\u001b\\`;
  }
  return `${result}\n`;
}

/** Which way to show pictures here, for `--preview` (true), `--no-preview` (false) or neither. */
export function previewKind(
  io: Pick<Io, 'outIsTty' | 'env'>,
  wanted: boolean | undefined,
): ImageProtocol | 'blocks' | undefined {
  if (wanted === false || !io.outIsTty) return undefined;
  const protocol = imageProtocol(io.env);
  if (protocol !== undefined) return protocol;
  return wanted === true && hasTrueColor(io.env) ? 'blocks' : undefined;
}
