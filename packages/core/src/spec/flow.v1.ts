import type { BriefParts } from './brief.v1.ts';
import type { Components, Slots, Workflow } from './workflow.v1.ts';

/** A model file that a flow needs. What is not known is `null`, never guessed. */
export interface ModelRequirement {
  /**
   * ComfyUI's folder name: `checkpoints`, `loras`, `vae`, `upscale_models`, `text_encoders`, `diffusion_models`;
   * `null` where only the class of a node pack knows it.
   */
  folder: string | null;
  /** The file name as it stands in the graph. */
  file: string;
  /** SPDX identifier where there is one, otherwise the licence's own name. */
  licence: string | null;
  /** Whether the licence allows commercial use of what is made; `null` where that is not known. */
  commercialUse: boolean | null;
  /** A page or file where a person gets it. */
  url: string | null;
  sizeBytes: number | null;
  /** Where the facts above were read. */
  source: string | null;
}

/** Which briefs a flow can take. Nothing stated means any. */
export interface BriefNeeds {
  /** The number of subjects that the text must have. */
  subjects?: number | undefined;
  /** One of these relations between the first two subjects. */
  relations?: Exclude<BriefParts['relation'], null>[] | undefined;
  /** Exactly this many of the first subject. */
  count?: number | undefined;
  /** Picture slots that the brief must fill. Without it a file that the backend has is taken for a picture of the flow. */
  pictures?: string[] | undefined;
}

/** Where a flow comes from and how far it was checked. */
export interface Provenance {
  author: string | null;
  licence: string | null;
  source: string | null;
  /**
   * `object_info`: every class, input and link was checked against a real server's catalogue; `run`: a picture was
   * made with it.
   */
  verified: 'object_info' | 'run' | null;
  /** What it was checked against or run on: `ComfyUI 0.33.0`. */
  verifiedWith: string | null;
}

/** What a flow costs to run, as its author states it. */
export interface FlowCost {
  /** Relative work for one image: 1 is a 20-step run at the base model's own size. */
  relative: number | null;
  /** Graphics memory that it needs, in GiB. */
  vramGb: number | null;
  /** What one image costs, in the backend's credits or US dollars; not known where absent. */
  perImage?: number | null | undefined;
  /** How long one image takes, in milliseconds. Where absent, what the records of earlier runs tell counts. */
  durationMs?: number | null | undefined;
}

/** Sizes that a flow's model draws well. What is not stated here is said by what is known of the base model. */
export interface FlowSizes {
  /** Shortest side, in pixels. */
  min?: number | undefined;
  /** Longest side, in pixels. */
  max?: number | undefined;
  /** Fewest pixels: width × height. */
  minPixels?: number | undefined;
  /** Most pixels: width × height. */
  maxPixels?: number | undefined;
  /** Sides that are made up for a ratio are multiples of this, in pixels. Default 8, or what the nodes hold. */
  multiple?: number | undefined;
  /** Sizes that it draws best; one of a ratio that is asked for is taken as it is. */
  best?: [width: number, height: number][] | undefined;
  /** Where this was read, or how it was measured. */
  source?: string | undefined;
}

/** A workflow in the library, with all that a selector, a binder and an inventory check need. */
export interface Flow {
  /** Lower-kebab-case, unique in a library: the folder's or file's name. */
  id: string;
  title: string;
  /** One or two sentences: what it is good for. */
  description: string;
  workflow: Workflow;
  slots: Slots;
  components: Components;
  /**
   * What selectors read: the method's labels in kebab-case (`sci-fi`), and traits (`two-objects`, `counting`, `fast`,
   * `high-detail`).
   */
  tags: string[];
  /** Family of the base model: `emoji`, `sd15`, `sdxl`, `flux`; `null` where it is not known. */
  baseModel: string | null;
  models: ModelRequirement[];
  /** Node classes in the graph, sorted. */
  classes: string[];
  needs: BriefNeeds;
  /** Values used where the brief gives none. */
  defaults: {
    negative?: string | undefined;
    width?: number | undefined;
    height?: number | undefined;
  };
  cost: FlowCost;
  /** Sizes that its model draws well, where its author states them. */
  sizes?: FlowSizes | undefined;
  /** How many images one job of it makes at most, such as by graphics memory; more are made by several. Default: any. */
  batchSize?: number | undefined;
  /** The node whose files the flow is for, by id. Default: the output that lies furthest behind in the graph. */
  mainOutput?: string | undefined;
  provenance: Provenance;
  /** Canonical hash of the graph, values included: `sha256:…`. */
  hash: string;
}
