import type { TextEncoder } from '../model/types.ts';
import { defineNode } from '../runtime/node-definition.ts';
import type { Condition } from '../runtime/values.ts';

const clipTextEncode = defineNode<{ text: string; clip: TextEncoder }>({
  classType: 'CLIPTextEncode',
  inputs: { required: { text: ['STRING', { multiline: true }], clip: ['CLIP'] } },
  outputs: ['CONDITIONING'],
  run({ text, clip }, context) {
    const { embedding, pooled, unknownWords } = clip.encode(text);
    if (unknownWords.length > 0) {
      context.warn({
        code: 'unknown-words',
        message: `The model does not know: ${unknownWords.join(', ')}.`,
        details: { words: unknownWords },
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

/** Nodes that read text. */
export const textNodes = [clipTextEncode, clipSetLastLayer];
