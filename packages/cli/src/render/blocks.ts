import { decode } from 'fast-png';

const CELLS = 32;

type Pixel = readonly [red: number, green: number, blue: number];

/** A PNG as half blocks in 24-bit colour, 32 cells wide; empty for a file that is no 8-bit PNG. */
export function renderBlocks(png: Uint8Array): string {
  const image = readPng(png);
  if (image === undefined) return '';
  const rows = Math.max(2, Math.round((CELLS * image.height) / image.width / 2) * 2);
  let text = '';
  for (let row = 0; row < rows; row += 2) {
    for (let cell = 0; cell < CELLS; cell += 1) {
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
    Math.floor((cell * width) / CELLS) + 1,
    Math.floor(((cell + 1) * width) / CELLS),
  );
  const bottom = Math.max(
    Math.floor((row * height) / rows) + 1,
    Math.floor(((row + 1) * height) / rows),
  );
  for (let y = Math.floor((row * height) / rows); y < bottom; y += 1) {
    for (let x = Math.floor((cell * width) / CELLS); x < right; x += 1) {
      const at = (y * width + x) * channels;
      for (const channel of [0, 1, 2] as const) sum[channel] += data[at + channel]!;
      count += 1;
    }
  }
  return [Math.round(sum[0] / count), Math.round(sum[1] / count), Math.round(sum[2] / count)];
}
