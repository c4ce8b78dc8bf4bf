import type { Brief } from './brief.v1.ts';
import type { CallContext, Warning } from './context.v1.ts';
import type { Flow } from './flow.v1.ts';
import type { Inventory } from './inventory.v1.ts';
import type { JsonObject } from './json.v1.ts';
import type { LanguageUsage } from './language-model.v1.ts';
import type { RunRecord } from './record.v1.ts';
import type { Slots, Workflow } from './workflow.v1.ts';

/** What a selector chooses from: a brief and the flows on offer. */
export interface SelectorRequest {
  brief: Brief;
  /** Only flows that can run on the executor and that meet the brief's needs and limits; may be empty. */
  flows: readonly Flow[];
  /** What the executor can run; `null` where no executor tells it. */
  inventory: Inventory | null;
  /** Seeds every random draw of the choice: same request and seed, same selection. 0 to 2^32 − 1. */
  choiceSeed: number;
}

/** One flow in the order that a selector would run them. */
export interface RankedFlow {
  flowId: string;
  /** Predicted score on the selector's own scale, higher is better; `null` where it predicts none. */
  score: number | null;
  /** A 90 % interval of that score, where the selector knows one. */
  interval: [low: number, high: number] | null;
  /** The chance with which this flow was put first, 0 to 1; logged for off-policy estimates. */
  probability: number;
  /** Why it stands here, in a sentence for a person. */
  reason: string;
  /** A graph that the selector wrote instead of the flow's own. It is validated before it runs. */
  workflow?: Workflow | undefined;
  /** The inputs of `workflow` that the brief fills, with their templates. Default: found by reading it. */
  slots?: Slots | undefined;
}

/** What the first of the ranking is expected to win over the best single flow. */
export interface PredictedGain {
  /** The flow that is best over all prompts, of those on offer. */
  over: string;
  /** Difference of the predicted scores, on the selector's scale. */
  mean: number;
  /** A 90 % interval of the difference; it does not follow from those of the two scores, whose errors are related. */
  interval: [low: number, high: number];
}

/** Asks for several flows to be run and scored, so that the best picture of them is taken. */
export interface Shortlist {
  /** How many of the ranking, from the first, are run at most; 2 or more. */
  size: number;
  /** Stops as soon as a picture has this score or more, on the scorer's scale; `null` never stops early. */
  stopAt: number | null;
  /** Once a picture is there, no further flow is started after this many milliseconds; `null` sets no limit. */
  budgetMs: number | null;
}

/** A selector's answer: the flows in the order in which it would run them, and why. */
export interface Selection {
  /** Best first; each flow at most once; empty where nothing fits. Probabilities sum to 1 unless empty. */
  ranked: RankedFlow[];
  /** What the selector saw in the prompt: the method's labels in kebab-case, and traits. */
  labels: string[];
  /** Why the first was chosen, in one or two sentences for a person. */
  reason: string;
  /** How much better the first flow should score than the best single flow, where the selector predicts that. */
  gain?: PredictedGain | undefined;
  /** It was not sure enough and took the best single flow. */
  abstained?: boolean | undefined;
  /** How many flows to run and when to stop. Without this, or without a scorer, core runs only the first flow. */
  shortlist?: Shortlist | undefined;
  /** Tokens and cost of the language model that was asked for this choice. */
  usage?: LanguageUsage | undefined;
  /** Facts behind the reason; JSON-safe. */
  evidence?: JsonObject | undefined;
  /** Core's: the other flows that could run and fit, where the caller named one and no selector was asked. */
  passedOver?: string[] | undefined;
  warnings: Warning[];
}

/**
 * What a selector declares that can't be seen from outside; a field that is left out counts as `false`. Whether it
 * learns is not declared: one that does has `learn`.
 */
export interface SelectorSupports {
  /** Equal requests give equal selections, byte for byte. */
  deterministic?: boolean | undefined;
  /** It asks a network service. */
  network?: boolean | undefined;
  /** It reads `brief.parts`: core splits the prompt for it. */
  parts?: boolean | undefined;
}

/** Ranks flows for a brief. It never executes anything. */
export interface SelectorV1 {
  spec: 'v1';
  role: 'selector';
  name: string;
  /** Names of the parts inside of it that read options of their own: members of a pool, what a wrapper wraps. */
  inner?: readonly string[] | undefined;
  /**
   * Which options of a run are read, by the name of the part that reads them, itself or one inside; core refuses others
   * before anything is sent. Of a part that is not listed all are handed on.
   */
  runOptions?: { readonly [part: string]: readonly string[] } | undefined;
  supports: SelectorSupports;
  /** The flows on offer in the order in which to run them, and why; never changes the request. */
  select(request: SelectorRequest, ctx: CallContext): Promise<Selection>;
  /** Takes what was scored or voted since the last call. */
  learn?(records: readonly RunRecord[], ctx: CallContext): Promise<{ warnings: Warning[] }>;
  /** Releases what the selector holds, such as a model; may be called twice. */
  dispose?(): Promise<void>;
}
