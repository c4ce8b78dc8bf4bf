import type {
  BriefNeeds,
  Flow,
  FlowCost,
  ModelRequirement,
  Provenance,
  SlotName,
  SlotRef,
  Slots,
} from '../spec/index.ts';
import { amount, flag, listOf, objectOf, oneOf, orNull, type Shape, text } from './shape.ts';

/** What `flow.json` may say about a workflow: all that the graph itself can't. */
export interface FlowFile {
  /** A name for people. Default: the id in words. */
  title?: string | undefined;
  /** One or two sentences: what it is good for. */
  description?: string | undefined;
  /** What selectors read, in lower-kebab-case: `sci-fi`, `two-objects`, `style:ink`. */
  tags?: string[] | undefined;
  /** Family of the base model: `sdxl`. */
  baseModel?: string | null | undefined;
  /** Only where reading the graph can't find them; each replaces the found ones of its name. */
  slots?: { [name in SlotName]?: SlotRef[] | undefined } | undefined;
  /** Facts about model files: those of the graph, and others that it needs. */
  models?:
    | (Pick<ModelRequirement, 'folder' | 'file'> & {
        [K in Exclude<keyof ModelRequirement, 'folder' | 'file'>]?: ModelRequirement[K] | undefined;
      })[]
    | undefined;
  /** Which briefs it can take. Default: any. */
  needs?: BriefNeeds | undefined;
  /** Used where the brief leaves them open. */
  defaults?: Flow['defaults'] | undefined;
  /** What it costs to run. */
  cost?: { [K in keyof FlowCost]?: FlowCost[K] | undefined } | undefined;
  /** Where it comes from. */
  provenance?: { [K in keyof Provenance]?: Provenance[K] | undefined } | undefined;
}

const slot = objectOf({ node: text(), input: text() }, { template: text() });
const slots = {
  prompt: listOf(slot),
  negative: listOf(slot),
  seed: listOf(slot),
  width: listOf(slot),
  height: listOf(slot),
  batchSize: listOf(slot),
} satisfies Record<keyof Slots, unknown>;

const unknownText = orNull(text());
const model = objectOf(
  { folder: text('a folder name', /./), file: text('a file name', /./) },
  {
    licence: unknownText,
    commercialUse: orNull(flag),
    url: orNull(text('an http(s) address', /^https?:\/\//)),
    sizeBytes: orNull(amount(0, true)),
    source: orNull(text('an http(s) address', /^https?:\/\//)),
  },
);

/** The fields of `flow.json`, each of them optional; anything else is refused. */
export const flowFile: Shape<FlowFile> = objectOf(
  {},
  {
    title: text('a title', /\S/),
    description: text(),
    tags: listOf(
      text('lower-kebab-case, as in sci-fi or style:ink', /^[a-z0-9]+([-:][a-z0-9]+)*$/),
    ),
    baseModel: unknownText,
    slots: objectOf({}, slots),
    models: listOf(model),
    needs: objectOf(
      {},
      {
        subjects: amount(1, true),
        relations: listOf(oneOf('left', 'right', 'above', 'below', 'beside')),
        count: amount(1, true),
      },
    ),
    defaults: objectOf({}, { negative: text(), width: amount(16, true), height: amount(16, true) }),
    cost: objectOf({}, { relative: orNull(amount()), vramGb: orNull(amount()) }),
    provenance: objectOf(
      {},
      {
        author: unknownText,
        licence: unknownText,
        source: unknownText,
        verified: orNull(oneOf('object_info', 'run')),
        verifiedWith: unknownText,
      },
    ),
  },
);

/** Ids of flows: `two-objects-left-right`. */
export const flowId = text('lower-kebab-case, as in sdxl-base', /^[a-z0-9]+(-[a-z0-9]+)*$/);
