import type { Slots } from '../spec/index.ts';
import { amount, flag, listOf, objectOf, oneOf, orNull, type ShapeOf, text } from './shape.ts';

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
export const flowFile = objectOf(
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

/** What `flow.json` may say about a workflow. */
export type FlowFile = ShapeOf<typeof flowFile>;

/** Ids of flows: `two-objects-left-right`. */
export const flowId = text('lower-kebab-case, as in sdxl-base', /^[a-z0-9]+(-[a-z0-9]+)*$/);
