import type { Work } from 'comfygen/plugin';
import type { IconSet } from '../art/icon-set.ts';
import { rasterize, type Sprite } from '../art/rasterize.ts';
import { blur, mirror, mixSprites } from '../art/retouch.ts';
import type { EmojiLora } from '../lora.ts';
import { COLOURS, type Colour, type Rgb } from '../words/colours.ts';
import { recolour } from './recolour.ts';

/** A LoRA at a strength. */
export interface AppliedLora {
  readonly lora: EmojiLora;
  readonly strength: number;
}

/** Makes a checkpoint's drawings, in the style of its LoRAs. */
export interface Studio {
  /** A name for all that the drawings depend on besides the arguments. */
  readonly key: string;
  draw(concept: string, colour: Colour | undefined, mirrored: boolean, side: number): Work<Sprite>;
  repaint(colour: Rgb): Rgb;
}

/** What a checkpoint draws with. */
export interface StudioOptions {
  set: IconSet;
  /** One colour for all drawings, of sets that have no colours of their own. */
  ink: boolean;
  /** Pixels of blur at 256 pixels: what a distilled model loses. */
  softness: number;
  loras: readonly AppliedLora[];
}

export function createStudio({ set, ink, softness, loras }: StudioOptions): Studio {
  const styles = loras.map(({ lora, strength }) => `${lora.name}@${strength}`);
  return {
    key: [set.name, ink, softness, ...styles].join('|'),
    *draw(concept, colour, mirrored, side) {
      const plain = ink
        ? yield* rasterize(set.svg(concept, colour && toCss(COLOURS[colour])), side)
        : yield* rasterize(set.svg(concept), side);
      let sprite = colour && !ink ? yield* recolour(plain, colour) : plain;
      if (softness > 0) sprite = yield* blur(sprite, (softness * side) / 256);
      for (const { lora, strength } of loras) {
        sprite = yield* mixSprites(sprite, yield* lora.paint(sprite), strength);
      }
      return mirrored ? yield* mirror(sprite) : sprite;
    },
    repaint: (colour) => loras.reduce((seen, applied) => repaintBy(applied, seen), colour),
  };
}

function repaintBy({ lora, strength }: AppliedLora, colour: Rgb): Rgb {
  const painted = lora.paintBackground(colour);
  const mix = (c: 0 | 1 | 2) =>
    Math.min(1, Math.max(0, colour[c] + (painted[c] - colour[c]) * strength));
  return [mix(0), mix(1), mix(2)];
}

const toCss = (colour: Rgb) =>
  `#${colour
    .map((value) =>
      Math.round(value * 255)
        .toString(16)
        .padStart(2, '0'),
    )
    .join('')}`;
