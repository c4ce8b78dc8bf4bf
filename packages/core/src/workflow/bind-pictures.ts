import { ComfygenError } from '../errors/comfygen-error.ts';
import type { Brief, BriefPicture, PlanFile, SlotRef } from '../spec/index.ts';
import { type Binding, fillRefs } from './bind-numbers.ts';
import { linksOf } from './graph.ts';
import { own } from './json-shape.ts';

/** A picture of the brief with its place in the graph; its bytes lie elsewhere. */
export type BoundFile = Omit<PlanFile, 'bytes'>;

/**
 * Writes the names of a brief's pictures into the loaders that take them, and how much of the picture is made anew. A
 * mask that the graph takes from its picture's transparency gets a `LoadImageMask` of its own, so that white is
 * painted anew in every graph.
 *
 * @throws MISSING_SLOT where the graph has no such loader.
 */
export function bindPictures(binding: Binding, { images, mask, strength }: Brief): BoundFile[] {
  const { slots, warnings } = binding;
  const files: BoundFile[] = [];
  for (const [slot, picture] of Object.entries({ ...images, ...(mask && { mask }) })) {
    const refs = own(slots.pictures, slot) as SlotRef[] | undefined;
    if (!refs?.length) {
      const message = `No node of this workflow loads a picture named ${slot}.`;
      throw new ComfygenError('MISSING_SLOT', message, { details: { slot } });
    }
    const places = picture === mask ? refs.map((ref) => maskLoader(binding, ref)) : refs;
    const name = fileName(picture);
    fillRefs(binding, slot, places, () => name);
    if ('hash' in picture) {
      const { mediaType, hash } = picture;
      for (const { node, input } of places) files.push({ node, input, name, mediaType, hash });
    }
  }
  if (strength !== undefined && !slots.strength?.length) {
    const message = 'No pass of the workflow starts from a picture with a denoise of its own.';
    warnings.push({ code: 'strength-ignored', message });
  } else if (strength !== undefined) {
    fillRefs(binding, 'strength', slots.strength!, () => strength);
  }
  return files;
}

/** The same name for the same bytes, so that a server keeps them once. */
function fileName(picture: BriefPicture): string {
  if ('file' in picture) return picture.file;
  return `comfygen-${picture.hash.slice(7, 23)}.${picture.mediaType.split('/')[1]}`;
}

/** The loader that a mask goes to: the graph's own, with its channel set, or a new one in the place of transparency. */
function maskLoader({ workflow }: Binding, ref: SlotRef): SlotRef {
  const loader = workflow[ref.node];
  if (loader && 'channel' in loader.inputs) loader.inputs['channel'] = 'red';
  const taken = Object.values(workflow).flatMap(({ inputs }) =>
    linksOf(inputs).filter(([, [source, output]]) => source === ref.node && output === 1),
  );
  if (taken.length === 0) return ref;
  let node = `${ref.node}-mask`;
  while (Object.hasOwn(workflow, node)) node += '-2';
  workflow[node] = { class_type: 'LoadImageMask', inputs: { image: '', channel: 'red' } };
  for (const [, link] of taken) link.splice(0, 2, node, 0);
  return { node, input: 'image' };
}
