import { runAtOnce, runInSlices, type Work } from 'comfygen/plugin';
import { fillHoles } from './grid.ts';
import { type Drawing, halveCells, SIDE } from './look.ts';
import { SETS } from './sets.ts';
import shapes from './shapes.data.json' with { type: 'json' };

/** Cells a side of a coarse drawing. */
const COARSE = SIDE / 2;
/** Bytes of one. */
export const CELLS = COARSE * COARSE;
const LEVELS = 7;

/** A drawing in 144 bytes: eight steps of coverage times eight of lightness a cell. */
export function packDrawing({ layers }: Drawing): Uint8Array {
  const [cover, light] = [halveCells(layers[0]), halveCells(layers[1])];
  return Uint8Array.from(cover, (share, i) => {
    const level = share > 0 ? (light[i] as number) / share : 0;
    return (Math.round(share * LEVELS) << 3) | Math.round(Math.min(1, level) * LEVELS);
  });
}

/** A coarse drawing that comes with this package. */
interface Packed {
  /** The concept's name. */
  readonly name: string;
  /** Index of the art set that has the drawing. */
  readonly set: number;
  readonly drawing: Drawing;
}

/** Reads all drawings of the emoji world, coarsely: what a thing may be is looked up here first. */
export async function loadShapes(): Promise<Packed[]> {
  const { names, bytes } = await unpackShapes();
  return runInSlices(readShapes(names, bytes));
}

function* readShapes(names: readonly string[], bytes: Uint8Array): Work<Packed[]> {
  const shapes: Packed[] = [];
  for (const name of names) {
    for (const set of SETS.keys()) {
      const at = shapes.length * CELLS;
      shapes.push({ name, set, drawing: unpackDrawing(bytes.subarray(at, at + CELLS)) });
    }
    yield;
  }
  return shapes;
}

/** Concepts, and the bytes of their drawings: concept by concept, set by set, zeros for what is missing. */
export async function unpackShapes(): Promise<{ names: string[]; bytes: Uint8Array }> {
  const packed = new Uint8Array(Buffer.from(shapes.cells, 'base64'));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'));
  return { names: shapes.names, bytes: new Uint8Array(await new Response(stream).arrayBuffer()) };
}

function unpackDrawing(bytes: Uint8Array): Drawing {
  const cover = new Float32Array(CELLS);
  const light = new Float32Array(CELLS);
  bytes.forEach((byte, i) => {
    cover[i] = (byte >> 3) / LEVELS;
    light[i] = ((cover[i] as number) * (byte & 7)) / LEVELS;
  });
  return { solid: fillCover(cover), layers: [cover, light, new Float32Array(CELLS)] };
}

function fillCover(cover: Float32Array): Float32Array {
  const cells = new Uint8Array(cover.length);
  cover.forEach((share, i) => {
    if (share > 0.2) cells[i] = 1;
  });
  const { cells: filled } = runAtOnce(fillHoles({ width: COARSE, height: COARSE, cells }));
  return cover.map((share, i) => (cells[i] ? share : Math.max(share, filled[i] as number)));
}
