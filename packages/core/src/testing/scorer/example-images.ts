import { encodePng } from '../picture.ts';
import type { Image } from './scorer-bench.ts';

type Colour = Parameters<typeof encodePng>[2];

/** Five PNGs of 64 × 64 pixels: one colour, a gradient, a disc, a checkerboard, noise. */
export function exampleImages(): Image[] {
  let state = 1;
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 24;
  };
  const pictures: Colour[] = [
    () => [200, 200, 200],
    (x, y) => [x * 4, y * 4, 128],
    (x, y) => (Math.hypot(x - 32, y - 32) < 20 ? [220, 30, 40] : [240, 240, 235]),
    (x, y) => (((x >> 3) + (y >> 3)) % 2 ? [0, 0, 0] : [255, 255, 255]),
    () => [random(), random(), random()],
  ];
  return pictures.map((colour) => ({ bytes: encodePng(64, 64, colour), mediaType: 'image/png' }));
}
