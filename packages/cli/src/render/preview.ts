import { type PngInfo, type PngRow, readPng } from 'comfygen/plugin';
import type { Io } from '../terminal/io.ts';

/** The picture as this terminal can show it; empty where it cannot or should not. */
export async function renderPreview(
  image: { bytes: Uint8Array; mediaType: string },
  io: Io,
  wanted: boolean | undefined,
): Promise<string> {
  const kind = previewKind(io, wanted);
  if (kind === undefined || image.mediaType !== 'image/png') return '';
  return kind === 'blocks' ? await renderBlocks(image.bytes) : renderInlineImage(image.bytes, kind);
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

// Larger pictures are not worth the wait.
const MOST_PIXELS = 2 ** 25;

/** A PNG as half blocks in 24-bit colour, 32 cells wide; empty for a file that is no 8-bit PNG in colour. */
async function renderBlocks(png: Uint8Array): Promise<string> {
  let cells: Cells | undefined;
  try {
    await readPng(png, { maxPixels: MOST_PIXELS }, (info) => {
      if (info.depth !== 8 || info.channels < 3) throw new Error('not in colours of 8 bits');
      cells = createCells(info);
      return cells.add;
    });
  } catch {
    return '';
  }
  if (cells === undefined) return '';
  let text = '';
  for (let row = 0; row < cells.rows; row += 2) {
    for (let cell = 0; cell < BLOCK_CELLS; cell += 1) {
      const [upper, lower] = [cells.colour(cell, row), cells.colour(cell, row + 1)];
      text += `\u001b[38;2;${upper.join(';')};48;2;${lower.join(';')}m▀`;
    }
    text += '\u001b[0m\n';
  }
  return text;
}

/** The half cells of a picture, with the mean colour of the pixels that each covers. */
interface Cells {
  rows: number;
  add(row: PngRow): void;
  colour(cell: number, row: number): Pixel;
}

function createCells({ width, height, channels }: PngInfo): Cells {
  const rows = Math.max(2, Math.round((BLOCK_CELLS * height) / width / 2) * 2);
  // Red, green, blue and the number of pixels; a pixel of a small picture counts for each cell that it covers.
  const sums = new Float64Array(rows * BLOCK_CELLS * 4);
  const at = (cell: number, row: number) => (row * BLOCK_CELLS + cell) * 4;
  const spread = (place: number, length: number, cells: number): [number, number] => {
    const first = Math.floor((place * cells) / length);
    return [first, Math.max(first + 1, Math.floor(((place + 1) * cells) / length))];
  };
  return {
    rows,
    add({ y, x, step, count, samples }) {
      const [top, bottom] = spread(y, height, rows);
      for (let i = 0; i < count; i += 1) {
        const [left, right] = spread(x + i * step, width, BLOCK_CELLS);
        for (let row = top; row < bottom; row += 1) {
          for (let cell = left; cell < right; cell += 1) {
            const to = at(cell, row);
            for (let c = 0; c < 3; c += 1) sums[to + c]! += samples[i * channels + c]!;
            sums[to + 3]! += 1;
          }
        }
      }
    },
    colour(cell, row) {
      const from = at(cell, row);
      const mean = (c: number) => Math.round(sums[from + c]! / Math.max(1, sums[from + 3]!));
      return [mean(0), mean(1), mean(2)];
    },
  };
}
