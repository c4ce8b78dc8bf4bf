import { ComfygenError, type Work } from 'comfygen/plugin';
import type { Lora } from '../model/types.ts';
import type { Sprite } from './art/rasterize.ts';
import type { Rgb } from './words/colours.ts';

/** A LoRA of the emoji world: it repaints what the bank holds, fully at strength 1. */
export interface EmojiLora extends Lora {
  readonly kind: 'emoji';
  /** Words that the text encoder knows once the LoRA is loaded. */
  readonly triggers: readonly string[];
  /** A drawing in the LoRA's style. */
  paint(sprite: Sprite): Work<Sprite>;
  /** A background's colour in the LoRA's style. */
  paintBackground(colour: Rgb): Rgb;
}

/** The LoRA with its effect; throws INVALID_WORKFLOW for one that was made for other models. */
export function asEmojiLora(lora: Lora): EmojiLora {
  if ((lora as Partial<EmojiLora>).kind === 'emoji') return lora as EmojiLora;
  throw new ComfygenError(
    'INVALID_WORKFLOW',
    `The LoRA "${lora.name}" was not made for the emoji world.`,
  );
}
