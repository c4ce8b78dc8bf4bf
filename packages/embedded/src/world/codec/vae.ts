import type { Work } from 'comfygen/plugin';
import type { ImageBatch, Tensor, Vae } from '../../model/types.ts';
import { BASIS, CELL, CHANNELS, PATCH } from './basis.ts';
import { decodeCell, encodeCell, GREY, SCALE } from './codec.ts';

/** A codec that works in slices. */
interface SlicedVae extends Vae {
  encode(image: ImageBatch): Work<Tensor>;
  decode(latent: Tensor): Work<ImageBatch>;
}

/** The emoji world's codec: 8 × 8 pixels a cell, 64 linear channels. */
export function createVae(options: { deblock?: boolean } = {}): SlicedVae {
  return {
    latentChannels: CHANNELS,
    encode: encodeImages,
    *decode(latent) {
      const image = yield* decodeLatents(latent);
      return options.deblock ? yield* deblock(image) : image;
    },
    preview: previewLatent,
  };
}

function* encodeImages({ count, height, width, data }: ImageBatch): Work<Tensor> {
  const rows = Math.floor(height / CELL);
  const columns = Math.floor(width / CELL);
  // Where a side is no multiple of 8 the middle is kept, as ComfyUI does.
  const top = Math.floor((height % CELL) / 2);
  const left = Math.floor((width % CELL) / 2);
  const cells = rows * columns;
  const out = new Float32Array(count * CHANNELS * cells);
  const patch = new Float32Array(PATCH);
  for (let n = 0; n < count; n++) {
    for (let cell = 0; cell < cells; cell++) {
      const y = top + Math.floor(cell / columns) * CELL;
      const x = left + (cell % columns) * CELL;
      for (let row = 0; row < CELL; row++) {
        const from = ((n * height + y + row) * width + x) * 3;
        for (let i = 0; i < CELL * 3; i++) {
          patch[row * CELL * 3 + i] = (data[from + i] as number) - GREY;
        }
      }
      encodeCell(patch, out, n * CHANNELS * cells + cell, cells);
      if (cell % columns === 0) yield;
    }
  }
  return { shape: [count, CHANNELS, rows, columns], data: out };
}

function* decodeLatents({ shape, data }: Tensor): Work<ImageBatch> {
  const [count = 0, , rows = 0, columns = 0] = shape;
  const cells = rows * columns;
  const width = columns * CELL;
  const out = new Float32Array(count * rows * CELL * width * 3);
  const patch = new Float32Array(PATCH);
  for (let n = 0; n < count; n++) {
    for (let cell = 0; cell < cells; cell++) {
      decodeCell(data, n * CHANNELS * cells + cell, cells, patch);
      const y = Math.floor(cell / columns) * CELL;
      const x = (cell % columns) * CELL;
      if (x === 0) yield;
      for (let row = 0; row < CELL; row++) {
        const to = ((n * rows * CELL + y + row) * width + x) * 3;
        for (let i = 0; i < CELL * 3; i++) {
          out[to + i] = clamp((patch[row * CELL * 3 + i] as number) + GREY);
        }
      }
    }
  }
  return { count, height: rows * CELL, width, data: out };
}

const clamp = (value: number) => Math.min(1, Math.max(0, value));

// Halves small steps at the borders between cells; large ones are edges of the picture.
function* deblock(image: ImageBatch): Work<ImageBatch> {
  const { count, height, width } = image;
  const data = image.data.slice();
  const smooth = (from: number, step: number) => {
    const jump = (data[from] as number) - (data[from - step] as number);
    if (Math.abs(jump) > 0.12) return;
    data[from - step] = (data[from - step] as number) + jump / 4;
    data[from] = (data[from] as number) - jump / 4;
  };
  for (let line = 0; line < count * height; line++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < 3; c++) {
        const at = (line * width + x) * 3 + c;
        if (x > 0 && x % CELL === 0) smooth(at, 3);
        if ((line % height) % CELL === 0 && line % height > 0) smooth(at, width * 3);
      }
    }
    yield;
  }
  return { count, height, width, data };
}

function previewLatent({ shape, data }: Tensor) {
  const [, , height = 0, width = 0] = shape;
  const cells = height * width;
  const rgb = new Uint8Array(cells * 3);
  for (let cell = 0; cell < cells; cell++) {
    for (let c = 0; c < 3; c++) {
      let value = GREY;
      for (let channel = 0; channel < 3; channel++) {
        const pattern = BASIS[channel * PATCH + c] as number;
        value += ((data[channel * cells + cell] as number) / SCALE) * pattern;
      }
      rgb[cell * 3 + c] = Math.round(clamp(value) * 255);
    }
  }
  return { width, height, rgb };
}
