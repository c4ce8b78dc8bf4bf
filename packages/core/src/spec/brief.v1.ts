import type { JsonObject } from './json.v1.ts';

/**
 * Hard limits on what may be chosen and run. A flow that is known to break one is never offered to a selector; where
 * it isn't known the warning `limit-not-judged` says so, or with `strictLimits` the flow is left out.
 */
export interface Limits {
  /** At most this many of the backend's credits or US dollars for one image, whatever the count is. */
  maxCost?: number | undefined;
  /** At most this long for one image, in milliseconds, as the flow states or the records of earlier runs tell. */
  maxDurationMs?: number | undefined;
  /** Only flows whose every model allows commercial use; models of unknown licence are left out. */
  commercialUse?: boolean | undefined;
  /** At most this much graphics memory, in GiB. */
  maxVramGb?: number | undefined;
}

/** What a prompt is about, in parts. */
export interface BriefParts {
  /** The objects in the order of the text, articles dropped: `['red apple', 'green frog']`. */
  subjects: string[];
  /** Where the first subject is, relative to the second; `null` where the text does not say. */
  relation: 'left' | 'right' | 'above' | 'below' | 'beside' | null;
  /** How many of the first subject are asked for; 1 where the text does not say. */
  count: number;
  /** What is left of the text once the subjects are taken out: place, style, mood. May be empty. */
  scene: string;
}

/** Splits a prompt into its parts. Core's own reads English; a host gives another for other languages. */
export type PromptReader = (prompt: string) => BriefParts | Promise<BriefParts>;

/**
 * A picture that a brief brings: what is known of its bytes, which lie in the run and in `Plan.files`; or the name of a
 * file that the backend's own node already takes.
 */
export type BriefPicture =
  | {
      /** `sha256:` of the bytes. */
      hash: string;
      /** `image/png`, `image/jpeg` or `image/webp`. */
      mediaType: string;
      /** In pixels, as it is shown: a photo's own turn is carried out. */
      width: number;
      height: number;
      sizeBytes: number;
      /** Whether it can have transparent places. */
      alpha: boolean;
    }
  | { file: string };

/** A value for an input of the graph. */
export interface BriefInput {
  /** Numbers above 2^53 − 1 are `bigint`. */
  value: string | number | bigint | boolean;
  /** A flow that has no such input, or can't take the value, is offered all the same and leaves it out. */
  optional?: boolean | undefined;
}

/** What a caller wants, after defaults: the one description that every part reads. */
export interface Brief {
  /** 1 to 10,000 characters after trimming. */
  prompt: string;
  /** What the picture should not show; the flow's own text is kept where this is `undefined`. */
  negative: string | undefined;
  /** 0 to 2^64 − 1. A `number` above 2^53 − 1 is refused: give a `bigint`. */
  seed: number | bigint;
  /** In pixels; the flow's own size where `undefined`. */
  width: number | undefined;
  /** In pixels; the flow's own size where `undefined`. */
  height: number | undefined;
  /** Width to height, as in 16 to 9: each flow keeps its own area, or the side that is given. */
  aspectRatio?: { width: number; height: number } | undefined;
  /** The longer side, in pixels: each flow keeps its own ratio, or `aspectRatio`. */
  longestSide?: number | undefined;
  /** Only flows that give exactly the size that is asked for. */
  exactSize?: boolean | undefined;
  /** Inputs of the graph by name, as in `steps` and `lora:pixel-art`, or as `node.input`. */
  inputs?: { [name: string]: BriefInput } | undefined;
  /** How many images, 1 to 64; as many as the flow's own batch has where `undefined`. */
  count: number | undefined;
  /** Only the picture at this place of the run's, from 0; all of them where `undefined`. */
  index?: number | undefined;
  /** Pictures by the slot that takes them: `image`, `control`, `reference`. */
  images?: { [slot: string]: BriefPicture } | undefined;
  /** Which part of `image` is painted anew: white is, black stays. */
  mask?: BriefPicture | undefined;
  /** How much of the picture is made anew, 0 to 1: the denoise of the pass that starts from it. */
  strength?: number | undefined;
  /** What the prompt is about; `undefined` where no part and no flow on offer reads it. */
  parts: BriefParts | undefined;
  /** Hard limits on the choice. */
  limits: Limits;
  /** Whether a flow is left out of which a limit can't be judged. Default: it stays, with a warning. */
  strictLimits?: boolean | undefined;
  /** Per-run options of parts, keyed by the part's name. */
  options: { [part: string]: JsonObject };
}
