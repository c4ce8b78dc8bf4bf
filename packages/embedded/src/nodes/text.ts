import { finishWork } from 'comfygen/plugin';
import type { TextEncoder } from '../model/types.ts';
import { defineNode } from '../runtime/node-definition.ts';
import type { Condition } from '../runtime/values.ts';

const clipTextEncode = defineNode<{ text: string; clip: TextEncoder }>({
  classType: 'CLIPTextEncode',
  inputs: { required: { text: ['STRING', { multiline: true }], clip: ['CLIP'] } },
  outputs: ['CONDITIONING'],
  *run({ text, clip }, context) {
    const { embedding, pooled, unknownWords } = yield* finishWork(clip.encode(text));
    if (unknownWords.length > 0) {
      context.warn({
        code: 'unknown-words',
        message: `The model does not know: ${listSome(unknownWords)}.`,
        details: { words: unknownWords.slice(0, MOST_WORDS) },
      });
    }
    const condition: Condition = { embedding, pooled };
    return [[condition]];
  },
});

const clipSetLastLayer = defineNode<{ clip: TextEncoder; stop_at_clip_layer: number }>({
  classType: 'CLIPSetLastLayer',
  inputs: {
    required: {
      clip: ['CLIP'],
      stop_at_clip_layer: ['INT', { default: -1, min: -24, max: -1, step: 1 }],
    },
  },
  outputs: ['CLIP'],
  run: ({ clip, stop_at_clip_layer }) => [clip.withLastLayer(stop_at_clip_layer)],
});

// A prompt may be a whole book.
const MOST_WORDS = 100;

function listSome(words: readonly string[]): string {
  const more = words.length - MOST_WORDS;
  const some = words.slice(0, MOST_WORDS).join(', ');
  return more > 0 ? `${some} and ${more} more` : some;
}

/** Nodes that read text. */
export const textNodes = [clipTextEncode, clipSetLastLayer];
