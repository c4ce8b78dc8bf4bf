import type { Brief } from './brief.v1.ts';
import type { CallContext, Warning } from './context.v1.ts';
import type { JsonObject } from './json.v1.ts';

/** What a scorer judges: an image, and the brief that it was made for. */
export interface ScorerRequest {
  image: { bytes: Uint8Array; mediaType: string };
  brief: Brief;
}

/** A scorer's answer for one image: its score, and the measures behind it. */
export interface Score {
  /** Within the scorer's `range`, higher is better. */
  value: number;
  /** The measures behind the value, in their own units, by name. */
  raw: { [measure: string]: number };
  /** The scores of an ensemble's members, in the order in which they were given. */
  members?:
    | {
        name: string;
        version: string;
        value: number;
        weight: number;
        raw: { [measure: string]: number };
      }[]
    | undefined;
  /** Facts for a person: what was found in the picture. JSON-safe. */
  evidence?: JsonObject | undefined;
  warnings: Warning[];
}

/** What a scorer declares that can't be seen from outside; a field that is left out counts as `false`. */
export interface ScorerSupports {
  /** Equal images and briefs give equal scores. */
  deterministic?: boolean | undefined;
  /** It reads the prompt; without this it judges the pixels alone. */
  prompt?: boolean | undefined;
  /** It asks a network service. */
  network?: boolean | undefined;
  /** It reads `brief.parts`: core splits the prompt for it. */
  parts?: boolean | undefined;
}

/** Judges one image. `name`, `version` and `range` are fixed: a changed measure is a new version. */
export interface ScorerV1 {
  spec: 'v1';
  role: 'scorer';
  name: string;
  /** Names of the parts inside of it that read options of their own: members of a pool, what a wrapper wraps. */
  inner?: readonly string[] | undefined;
  /**
   * Which options of a run are read, by the name of the part that reads them, itself or one inside; core refuses others
   * before anything is sent. Of a part that is not listed all are handed on.
   */
  runOptions?: { readonly [part: string]: readonly string[] } | undefined;
  version: string;
  range: readonly [low: number, high: number];
  supports: ScorerSupports;
  /** Judges one image. Throws INVALID_IMAGE where it can't be read; core then leaves the score out. */
  score(request: ScorerRequest, ctx: CallContext): Promise<Score>;
  /** Releases what the scorer holds, such as a model; may be called twice. */
  dispose?(): Promise<void>;
}
