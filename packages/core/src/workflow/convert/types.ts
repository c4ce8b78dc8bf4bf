/** An input slot of a node, as the file lists it. */
export interface UiInput {
  name: string;
  type: string;
  /** Id of the link that feeds it. */
  link: string | undefined;
  /** Name of the widget that it stands for. */
  widget: string | undefined;
}

/** An output slot of a node, or an input or output of a subgraph. */
export interface UiPort {
  name: string;
  type: string;
}

/** One wire. Ids are texts, as they are in API format. */
export interface UiLink {
  originId: string;
  originSlot: number;
  targetId: string;
  targetSlot: number;
}

/** One node of the editor; `values` is `widgets_values` as it stands. */
export interface UiNode {
  id: string;
  type: string;
  mode: number;
  title: string | undefined;
  inputs: UiInput[];
  outputs: UiPort[];
  values: unknown;
  properties: Record<string, unknown>;
}

/** The root graph, or the inside of a subgraph with its inputs and outputs. */
export interface UiGraph {
  name: string;
  nodes: Map<string, UiNode>;
  links: Map<string, UiLink>;
  inputs: UiPort[];
  outputs: UiPort[];
  /** Whether it lists what Use Everywhere sends without drawn links. */
  sendsListed?: boolean;
}

/** A file in UI format, version 0.4 or 1.0. */
export interface UiFile {
  root: UiGraph;
  /** By id, those of definitions inside definitions too. */
  subgraphs: Map<string, UiGraph>;
  /** The old group nodes by name, as the file has them. */
  groups: unknown;
}

/** Modes of a node that change what is sent; all others run. */
export const MUTED = 2;
export const BYPASSED = 4;

/** Ids that stand for a subgraph's own inputs and outputs inside it. */
export const INPUT_SIDE = '-10';
export const OUTPUT_SIDE = '-20';
