import { decode } from 'fast-png';
import type { Io } from '../terminal/io.ts';

/** The picture as this terminal can show it; empty where it cannot or should not. */
export function renderPreview(
  image: { bytes: Uint8Array; mediaType: string },
  io: Io,
  wanted: boolean | undefined,
): string {
  const kind = previewKind(io, wanted);
  if (kind === undefined || image.mediaType !== 'image/png') return '';
  return kind === 'blocks' ? renderBlocks(image.bytes) : renderInlineImage(image.bytes, kind);
}

/** The terminal's protocol for pictures. */
export type ImageProtocol = 'kitty' | 'iterm';

const IMAGE_CELLS = 40;
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
    const options = `inline=1;size=${png.length};width=${IMAGE_CELLS};preserveAspectRatio=1`;
    return `\u001b]1337;File=${options}:${base64}\u0007\n`;
  }
  let result = '';
  for (let at = 0; at < base64.length; at += KITTY_CHUNK) {
    const more = at + KITTY_CHUNK < base64.length ? 1 : 0;
    const control = at === 0 ? `a=T,f=100,c=${IMAGE_CELLS},q=2,m=${more}` : `m=${more}`;
    result += `\u001b_G${control};${base64.slice(at, at + KITTY_CHUNK)}\u001b\\`;
  }
  return `${result}\n`;
}

/** How to show pictures here; `wanted` is --preview (true), --no-preview (false) or neither. */
export function previewKind(
  io: Pick<Io, 'outIsTty' | 'env'>,
  wanted: boolean | undefined,
): ImageProtocol | 'blocks' | undefined {
  if (wanted === false || !io.outIsTty) return undefined;
  const protocol = imageProtocol(io.env);
  if (protocol !== undefined) return protocol;
  return wanted === true && hasTrueColor(io.env) ? 'blocks' : undefined;
}

const BLOCK_CELLS = 32;

type Pixel = readonly [red: number, green: number, blue: number];

/** A PNG as half blocks in 24-bit colour, 32 cells wide; empty for a file that is no 8-bit PNG. */
function renderBlocks(png: Uint8Array): string {
  const image = readPng(png);
  if (image === undefined) return '';
  const rows = Math.max(2, Math.round((BLOCK_CELLS * image.height) / image.width / 2) * 2);
  let text = '';
  for (let row = 0; row < rows; row += 2) {
    for (let cell = 0; cell < BLOCK_CELLS; cell += 1) {
      const upper = averagePixel(image, cell, row, rows).join(';');
      const lower = averagePixel(image, cell, row + 1, rows).join(';');
      text += `\u001b[38;2;${upper};48;2;${lower}m▀`;
    }
    text += '\u001b[0m\n';
  }
  return text;
}

function readPng(png: Uint8Array) {
  try {
    const { width, height, channels, depth, data } = decode(png);
    return depth === 8 && channels >= 3 ? { width, height, channels, data } : undefined;
  } catch {
    return undefined;
  }
}

/** The mean colour of the part of the picture that one half cell covers. */
function averagePixel(
  { width, height, channels, data }: NonNullable<ReturnType<typeof readPng>>,
  cell: number,
  row: number,
  rows: number,
): Pixel {
  const sum: [number, number, number] = [0, 0, 0];
  let count = 0;
  const right = Math.max(
    Math.floor((cell * width) / BLOCK_CELLS) + 1,
    Math.floor(((cell + 1) * width) / BLOCK_CELLS),
  );
  const bottom = Math.max(
    Math.floor((row * height) / rows) + 1,
    Math.floor(((row + 1) * height) / rows),
  );
  for (let y = Math.floor((row * height) / rows); y < bottom; y += 1) {
    for (let x = Math.floor((cell * width) / BLOCK_CELLS); x < right; x += 1) {
      const at = (y * width + x) * channels;
      for (const channel of [0, 1, 2] as const) sum[channel] += data[at + channel]!;
      count += 1;
    }
  }
  return [Math.round(sum[0] / count), Math.round(sum[1] / count), Math.round(sum[2] / count)];
}
