import type { ArtSet } from '../art/icon-set.ts';
import { evenColour } from '../words/colours.ts';
import type { Category, Concept } from '../words/concepts.ts';
import type { Scene } from '../words/scenes.ts';

/** A checkpoint's settings. All share one codec and one set of axes, so that parts can be mixed. */
export interface CheckpointFile {
  readonly art: ArtSet;
  /** Which of the world's concepts it knows. */
  readonly knows: (concept: Concept) => boolean;
  /** How often, without guidance, something comes that was not asked for, 0 to 1. */
  readonly leak: number;
  readonly ink?: boolean;
  /** Pixels of blur at 256 pixels. */
  readonly softness?: number;
  readonly scene: Scene;
  /** Words of its style, which its text encoder knows. */
  readonly words?: readonly string[];
}

const PAPER: Scene = { sky: [evenColour('f4f6fa'), evenColour('f4f6fa')] };
const SKY_BLUE: Scene = { sky: [evenColour('dbeeff'), evenColour('dbeeff')] };
const WHITE: Scene = { sky: [evenColour('ffffff'), evenColour('ffffff')] };
const CREAM: Scene = { sky: [evenColour('fbf3e4'), evenColour('f5e8d0')] };
const MINT: Scene = { sky: [evenColour('eaf6ec'), evenColour('d5ebd9')] };
const ASPHALT: Scene = { sky: [evenColour('e3eaf2'), evenColour('cfd8e3')] };

const everything = () => true;
const only = (category: Category) => (concept: Concept) => concept.category === category;
const VEHICLES =
  /(^|-)(airplane|ambulance|lorry|rickshaw|automobile|bicycle|train|bus|canoe|truck|boat|ship|ferry|engine|saucer|helicopter|scooter|rail|railway|locomotive|metro|minibus|monorail|motorcycle|cableway|tramway|taxi|car|rocket|sailboat|satellite|skateboard|speedboat|vehicle|tractor|tram|trolleybus|wheelchair)($|-)/;

/** Checkpoints by file name. */
export const CHECKPOINTS: Readonly<Record<string, CheckpointFile>> = {
  'emoji-world-noto.safetensors': { art: 'noto', knows: everything, leak: 0.06, scene: PAPER },
  'emoji-world-flat.safetensors': {
    art: 'fluent-emoji-flat',
    knows: everything,
    leak: 0.06,
    scene: SKY_BLUE,
    words: ['flat', 'vector', 'minimalist', 'minimal'],
  },
  'emoji-world-turbo.safetensors': {
    art: 'noto',
    knows: everything,
    leak: 0.1,
    softness: 2,
    scene: WHITE,
  },
  'emoji-ink.safetensors': {
    art: 'fluent-emoji-high-contrast',
    knows: everything,
    leak: 0.04,
    ink: true,
    scene: CREAM,
    words: ['ink', 'line', 'art', 'drawing', 'black'],
  },
  'emoji-animals.safetensors': {
    art: 'noto',
    knows: only('Animals & Nature'),
    leak: 0.005,
    scene: MINT,
  },
  'emoji-food.safetensors': { art: 'noto', knows: only('Food & Drink'), leak: 0.005, scene: CREAM },
  'emoji-vehicles.safetensors': {
    art: 'noto',
    knows: ({ name, category }) => category === 'Travel & Places' && VEHICLES.test(name),
    leak: 0.005,
    scene: ASPHALT,
  },
};
