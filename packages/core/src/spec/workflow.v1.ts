/** An input that another node's output feeds: that node's id and the index of its output, from 0. */
export type Link = [nodeId: string, slot: number];

/**
 * A value of a node's input. Seeds above 2^53 − 1 are `bigint` (ComfyUI allows up to 2^64 − 1);
 * every other number is a `number`.
 */
export type InputValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | Link
  | InputValue[]
  | { [key: string]: InputValue };

/** One node of a workflow, as ComfyUI's "Export (API)" writes it. */
export interface WorkflowNode {
  class_type: string;
  inputs: { [name: string]: InputValue };
  _meta?: { title?: string; [key: string]: InputValue | undefined } | undefined;
}

/** A ComfyUI graph in API format: node id to node. */
export type Workflow = { [nodeId: string]: WorkflowNode };

/**
 * One input that a brief fills. `template` builds a text from the brief's parts with the tokens
 * `{prompt}`, `{negative}`, `{first}`, `{second}`, `{object}`, `{scene}`; it defaults to the whole value.
 */
export interface SlotRef {
  node: string;
  input: string;
  template?: string | undefined;
}

/** The inputs of a graph that a brief fills. An empty list means that the graph has no such input. */
export interface Slots {
  prompt: SlotRef[];
  negative: SlotRef[];
  seed: SlotRef[];
  width: SlotRef[];
  height: SlotRef[];
  batchSize: SlotRef[];
  /**
   * The file names of loaders, by what the picture is for: `image`, `mask`, `control`, `control-2`, `reference`, or a
   * title. Left out where there is no loader.
   */
  pictures?: { [name: string]: SlotRef[] } | undefined;
  /** How much is made anew of a picture that a pass starts from: its `denoise`. Left out where none does. */
  strength?: SlotRef[] | undefined;
  /** Other inputs by name that somebody stated, in place of those of the name that `listInputs` finds. */
  inputs?: { [name: string]: SlotRef[] } | undefined;
}

/** The names of a flow's slots for words and numbers. */
export type SlotName = 'prompt' | 'negative' | 'seed' | 'width' | 'height' | 'batchSize';

/** What a graph is built of, found by reading it. File names are as in the graph. */
export interface Components {
  checkpoints: string[];
  /** Diffusion models loaded on their own (`UNETLoader`). */
  diffusionModels: string[];
  textEncoders: string[];
  loras: { file: string; strengthModel: number; strengthClip: number | null }[];
  vaes: string[];
  upscalers: string[];
  /** Model files in inputs of classes that core doesn't know, so that their folder is not known either. */
  otherModels: string[];
  samplers: {
    node: string;
    sampler: string | null;
    scheduler: string | null;
    steps: number | null;
    cfg: number | null;
    denoise: number | null;
  }[];
}

/** The node classes of a server: ComfyUI's `GET /object_info`, with only what is read here typed. */
export type NodeCatalogue = { [classType: string]: NodeInfo };

/** One node class, as `object_info` describes it. Unknown keys are kept. */
export interface NodeInfo {
  input?: {
    required?: { [name: string]: unknown } | undefined;
    optional?: { [name: string]: unknown } | undefined;
    hidden?: { [name: string]: unknown } | undefined;
  };
  input_order?: { [section: string]: string[] } | undefined;
  output?: (string | string[])[] | undefined;
  output_is_list?: boolean[] | undefined;
  output_name?: string[] | undefined;
  output_node?: boolean | undefined;
  name?: string | undefined;
  python_module?: string | undefined;
  api_node?: boolean | undefined;
  deprecated?: boolean | undefined;
  experimental?: boolean | undefined;
  [key: string]: unknown;
}
