import type { Work } from 'comfygen/plugin';
import type { Lora, Tensor, TextEncoder, TextEncoding } from '../../model/types.ts';
import { asEmojiLora } from '../lora.ts';
import { type Axes, layOutAxes } from './axes.ts';
import { COLOUR_NAMES } from './colours.ts';
import { type ConceptIndex, indexConcepts, type Meaning } from './concept-index.ts';
import type { Concept } from './concepts.ts';
import { type Reading, readPrompt } from './read-prompt.ts';

// As CLIP's: what comes after is not read.
const MAX_TOKENS = 75;
// The later a thing is named, the less of the picture it gets.
const LATER = 0.5;
// A word that only goes with a thing, beside one that names a thing.
const LOOSE = 0.05;

interface Settings {
  index: ConceptIndex;
  kin: readonly (readonly number[])[];
  axes: Axes;
  /** Layers that are left out at the end: 0 reads words as names, 2 and more as kinds of things. */
  skipped: number;
  triggers: ReadonlySet<string>;
}

/**
 * A checkpoint's reader of prompts: a token a phrase, on axes for things, colours and scenes. It knows
 * the things among `known`, on the axes of all `concepts`, and further `words` that change nothing.
 */
export function createTextEncoder(
  concepts: readonly Concept[],
  known: readonly Concept[] = concepts,
  words: readonly string[] = [],
): SlicedEncoder {
  return withSettings({
    index: indexConcepts(known),
    kin: findKin(concepts),
    axes: layOutAxes(concepts),
    skipped: 0,
    triggers: new Set(words),
  });
}

/** An encoder that works in slices. */
interface SlicedEncoder extends TextEncoder {
  encode(text: string): Work<TextEncoding>;
  withLastLayer(stopAt: number): SlicedEncoder;
  withLora(lora: Lora, strength: number): SlicedEncoder;
}

function withSettings(settings: Settings): SlicedEncoder {
  return {
    *encode(text) {
      const { readings, unknownWords } = yield* readPrompt(text, settings.index, settings.triggers);
      const embedding = toEmbedding(readings.slice(0, MAX_TOKENS), settings);
      return { embedding, pooled: pool(embedding), unknownWords: [...unknownWords] };
    },
    withLastLayer: (stopAt) => withSettings({ ...settings, skipped: Math.max(0, -1 - stopAt) }),
    withLora(lora) {
      const triggers = new Set([...settings.triggers, ...asEmojiLora(lora).triggers]);
      return withSettings({ ...settings, triggers });
    },
  };
}

function toEmbedding(readings: readonly Reading[], settings: Settings): Tensor {
  const { axes } = settings;
  const tokens = Math.max(1, readings.length);
  const data = new Float32Array(tokens * axes.width);
  const named = readings.some((reading) => reading.kind === 'thing' && reading.meaning.isName);
  let share = 1;
  readings.forEach((reading, token) => {
    const start = token * axes.width;
    if (reading.kind === 'colour') {
      data[start + axes.colours + COLOUR_NAMES.indexOf(reading.colour)] = reading.weight;
    } else if (reading.kind === 'scene') {
      data[start + axes.scenes + reading.scene] = reading.weight;
    } else {
      const loose = named && !reading.meaning.isName;
      const mass = reading.weight * (loose ? LOOSE : share);
      if (!loose) share *= LATER;
      for (const [index, part] of spread(reading.meaning, settings)) {
        data[start + index] = part * mass;
      }
    }
  });
  return { shape: [1, tokens, axes.width], data };
}

// Without its last layers the encoder tells a fox from a wolf less well.
function spread({ shares }: Meaning, { skipped, kin }: Settings): Map<number, number> {
  if (skipped === 0) return new Map(shares);
  const blur = Math.min(0.7, 0.3 * skipped);
  const out = new Map([...shares].map(([index, share]) => [index, share * (1 - blur)]));
  for (const [index, share] of shares) {
    const near = kin[index] ?? [];
    for (const other of near) {
      out.set(other, (out.get(other) ?? 0) + (share * blur) / near.length);
    }
  }
  return out;
}

// The two neighbours on each side within the category.
function findKin(concepts: readonly Concept[]): number[][] {
  return concepts.map(({ index, category }) =>
    [index - 2, index - 1, index + 1, index + 2].filter(
      (other) => concepts[other]?.category === category,
    ),
  );
}

function pool({ shape, data }: Tensor): Tensor {
  const [, tokens = 1, width = 0] = shape;
  const sum = new Float32Array(width);
  data.forEach((value, i) => {
    sum[i % width] = (sum[i % width] as number) + value / tokens;
  });
  return { shape: [1, width], data: sum };
}
