import type { Brief } from './brief.v1.ts';
import type { CallContext, Warning } from './context.v1.ts';
import type { Flow } from './flow.v1.ts';
import type { Inventory } from './inventory.v1.ts';
import type { JsonObject } from './json.v1.ts';
import type { LanguageUsage } from './language-model.v1.ts';
import type { RunRecord } from './record.v1.ts';
import type { Slots, Workflow } from './workflow.v1.ts';

/** What a selector is asked. */
export interface SelectorRequest {
  brief: Brief;
  /** Only flows that can run on the executor and that meet the brief's needs and limits; may be empty. */
  flows: readonly Flow[];
  /** `null` where no executor states one. */
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
  /** A 90 % interval of the difference: not that of the two scores, whose errors go together. */
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

/** A selector's answer. */
export interface Selection {
  /** Best first; each flow at most once; empty where nothing fits. Probabilities sum to 1 unless empty. */
  ranked: RankedFlow[];
  /** What the selector saw in the prompt: the method's labels in kebab-case, and traits. */
  labels: string[];
  /** Why the first was chosen, in one or two sentences for a person. */
  reason: string;
  /** Where the selector predicts one. */
  gain?: PredictedGain | undefined;
  /** It was not sure enough and took the best single flow. */
  abstained?: boolean | undefined;
  /** Core runs more than the first flow only where this asks for it and a scorer is plugged in. */
  shortlist?: Shortlist | undefined;
  /** What a language model was paid for this choice. */
  usage?: LanguageUsage | undefined;
  /** Facts behind the reason; JSON-safe. */
  evidence?: JsonObject | undefined;
  warnings: Warning[];
}

/** What can't be seen of a selector: each is `false` where it is not said. One that learns has `learn`. */
export interface SelectorSupports {
  /** Equal requests give equal bytes. */
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
  supports: SelectorSupports;
  /** Ranks what it is offered; never writes into the request. */
  select(request: SelectorRequest, ctx: CallContext): Promise<Selection>;
  /** Takes what was scored or voted since the last call. */
  learn?(records: readonly RunRecord[], ctx: CallContext): Promise<{ warnings: Warning[] }>;
  /** Ends what it holds; may be called twice. */
  dispose?(): Promise<void>;
}
