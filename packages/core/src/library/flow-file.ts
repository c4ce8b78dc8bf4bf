import { z } from 'zod';
import type {
  BriefNeeds,
  Flow,
  FlowCost,
  FlowSizes,
  ModelRequirement,
  Provenance,
  SlotName,
  SlotRef,
  Slots,
} from '../spec/index.ts';
import { nearest } from '../util/nearest.ts';

/** What `flow.json` may say about a workflow: all that the graph itself can't. */
export interface FlowFile {
  /** A name for people. Default: the id in words. */
  title?: string | undefined;
  /** One or two sentences: what it is good for. */
  description?: string | undefined;
  /** Tags that selectors read, in lower-kebab-case: `sci-fi`, `two-objects`, `style:ink`. */
  tags?: string[] | undefined;
  /** Family of the base model: `sdxl`. */
  baseModel?: string | null | undefined;
  /** Inputs that a brief fills, where reading the graph can't find them; each replaces the found ones of its name. */
  slots?:
    | ({ [name in SlotName]?: SlotRef[] | undefined } & Pick<
        Slots,
        'pictures' | 'strength' | 'inputs'
      > & {
          /** Other inputs, by a name of your own in kebab-case: `detail`, `lora:ink`; the same as under `inputs`. */
          [name: string]: SlotRef[] | { [name: string]: SlotRef[] } | undefined;
        })
    | undefined;
  /** Facts about model files: those of the graph, and others that it needs. */
  models?:
    | (Pick<ModelRequirement, 'folder' | 'file'> & {
        [K in Exclude<keyof ModelRequirement, 'folder' | 'file'>]?: ModelRequirement[K] | undefined;
      })[]
    | undefined;
  /** Which briefs it can take. Default: any. */
  needs?: BriefNeeds | undefined;
  /** Values used where the brief gives none. */
  defaults?: Flow['defaults'] | undefined;
  /** What it costs to run. */
  cost?: { [K in keyof FlowCost]?: FlowCost[K] | undefined } | undefined;
  /** How many images one job of it makes at most; more are made by several jobs. Default: any number. */
  batchSize?: number | undefined;
  /** Sizes that it draws well. Default: what is known of the base model. */
  sizes?: FlowSizes | undefined;
  /** The node whose files the flow is for, by id. Default: the output that lies furthest behind in the graph. */
  mainOutput?: string | undefined;
  /** Where it comes from. */
  provenance?: { [K in keyof Provenance]?: Provenance[K] | undefined } | undefined;
}

const text = z.string();
const unknownText = text.nullable().optional();
const address = z.string().regex(/^https?:\/\//, { error: 'must be an http(s) address' });
const side = z.int().min(16).optional();

const KEBAB = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const slot = z.strictObject({ node: text, input: text, template: text.optional() });
const inputName = z.string().regex(/^[a-z0-9]+([-:][a-z0-9]+)*$/, {
  error: 'must be lower-kebab-case, as in detail or lora:ink',
});
const slots = z.strictObject({
  prompt: z.array(slot).optional(),
  negative: z.array(slot).optional(),
  seed: z.array(slot).optional(),
  width: z.array(slot).optional(),
  height: z.array(slot).optional(),
  batchSize: z.array(slot).optional(),
  pictures: z
    .record(z.string(), z.array(slot))
    .refine((named) => Object.keys(named).every((name) => KEBAB.test(name)), {
      error: 'must have names in lower-kebab-case, as in control-2',
    })
    .optional(),
  strength: z.array(slot).optional(),
  inputs: z.record(inputName, z.array(slot)).optional(),
} satisfies Record<keyof Slots, z.ZodType>);
const slotNames = Object.keys(slots.shape);

/** Slots that a brief fills by options of their own, and further inputs by name. */
const allSlots = slots.catchall(z.array(slot)).superRefine((given, issues) => {
  for (const name of Object.keys(given)) {
    if (slotNames.includes(name)) continue;
    const plain = name.toLowerCase().replaceAll(/[-_]/g, '');
    const near = nearest(plain, slotNames);
    // What is spelt almost like a slot's name is a slip, and would be one that nobody fills.
    const isSlip = near !== undefined && Math.abs(near.length - plain.length) <= 2;
    if (!isSlip && inputName.safeParse(name).success) continue;
    const message = isSlip
      ? `has a name too near to a slot's; did you mean ${near}? Here are ${slotNames.join(', ')}`
      : 'must be lower-kebab-case, as in detail or lora:ink';
    issues.addIssue({ code: 'custom', path: [name], message });
  }
});

const model = z.strictObject({
  folder: z.string().min(1),
  file: z.string().min(1),
  licence: unknownText,
  commercialUse: z.boolean().nullable().optional(),
  url: address.nullable().optional(),
  sizeBytes: z.int().min(0).nullable().optional(),
  source: address.nullable().optional(),
});

/** The fields of `flow.json`, each of them optional; anything else is refused. */
export const flowFile: z.ZodType<FlowFile> = z.strictObject({
  title: z.string().regex(/\S/, { error: 'must be a title' }).optional(),
  description: text.optional(),
  tags: z
    .array(
      z.string().regex(/^[a-z0-9]+([-:][a-z0-9]+)*$/, {
        error: 'must be lower-kebab-case, as in sci-fi or style:ink',
      }),
    )
    .optional(),
  baseModel: unknownText,
  slots: allSlots.optional(),
  models: z.array(model).optional(),
  needs: z
    .strictObject({
      subjects: z.int().min(1).optional(),
      relations: z.array(z.enum(['left', 'right', 'above', 'below', 'beside'])).optional(),
      count: z.int().min(1).optional(),
      pictures: z.array(text).optional(),
    } satisfies Record<keyof BriefNeeds, z.ZodType>)
    .optional(),
  defaults: z.strictObject({ negative: text.optional(), width: side, height: side }).optional(),
  cost: z
    .strictObject({
      relative: z.number().min(0).nullable().optional(),
      vramGb: z.number().min(0).nullable().optional(),
      perImage: z.number().min(0).nullable().optional(),
      durationMs: z.number().min(0).nullable().optional(),
    } satisfies Record<keyof FlowCost, z.ZodType>)
    .optional(),
  batchSize: z.int().min(1).optional(),
  sizes: z
    .strictObject({
      min: side,
      max: side,
      minPixels: z.int().min(1).optional(),
      maxPixels: z.int().min(1).optional(),
      multiple: z.int().min(1).max(256).optional(),
      best: z.array(z.tuple([z.int().min(16), z.int().min(16)])).optional(),
      source: text.optional(),
    } satisfies Record<keyof FlowSizes, z.ZodType>)
    .optional(),
  mainOutput: text.optional(),
  provenance: z
    .strictObject({
      author: unknownText,
      licence: unknownText,
      source: unknownText,
      verified: z.enum(['object_info', 'run']).nullable().optional(),
      verifiedWith: unknownText,
    })
    .optional(),
} satisfies Record<keyof FlowFile, z.ZodType>);

/** What a flow needs besides: its id, as in `two-objects-left-right`. */
export const flowId = z.looseObject({
  id: z.string().regex(KEBAB, {
    error: 'must be lower-kebab-case, as in sdxl-base',
  }),
});
