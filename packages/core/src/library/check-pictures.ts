import type { Brief, BriefPicture, Flow, NodeCatalogue, SlotRef } from '../spec/index.ts';
import { nearest } from '../util/nearest.ts';
import { own } from '../workflow/json-shape.ts';
import { declaredInputs, listedOptions } from '../workflow/validate/declared-inputs.ts';
import type { FlowReason } from './flow-reason.ts';

/** The pictures of a brief by the slot that takes them, the mask among them. */
export const picturesOf = ({ images, mask }: Partial<Brief>): { [slot: string]: BriefPicture } => ({
  ...images,
  ...(mask && { mask }),
});

/** Why a flow does not fit the pictures that a brief brings: it takes no such picture, or needs another one. */
export function pictureReasons(
  flow: Flow,
  brief: Partial<Brief>,
  catalogue?: NodeCatalogue | undefined,
): FlowReason[] {
  const { pictures = {} } = flow.slots;
  const brought = picturesOf(brief);
  const names = Object.keys(pictures);
  const unknown = Object.keys(brought).filter((slot) => !Object.hasOwn(pictures, slot));
  const needed = names.filter((slot) => {
    if (Object.hasOwn(brought, slot)) return false;
    if (flow.needs.pictures?.includes(slot)) return true;
    return pictures[slot]!.some((ref) => !isThere(flow, ref, { slot, brought, catalogue }));
  });
  return [
    ...unknown.map((slot): FlowReason => {
      return { code: 'no-picture-slot', message: sayUnknown(slot, names) };
    }),
    ...needed.map((slot): FlowReason => {
      return { code: 'needs-picture', message: `needs a picture as ${slot}` };
    }),
  ];
}

/** What there is in place of a slot that nobody has. */
export function sayUnknown(slot: string, names: readonly string[]): string {
  if (names.length === 0) return 'takes no picture';
  const near = nearest(slot, names);
  const meant = near === undefined ? '' : `; did you mean ${near}?`;
  return `takes no picture as ${JSON.stringify(slot)}; it has ${names.join(', ')}${meant}`;
}

/** What ComfyUI ships, so that every graph begins with it: nobody's own picture. */
const SAMPLE = 'example.png';

/** Whether a loader that the brief leaves alone has a picture of its own on the server, as far as that tells. */
function isThere(
  { workflow, slots }: Flow,
  { node, input }: SlotRef,
  {
    slot,
    brought,
    catalogue,
  }: {
    slot: string;
    brought: { [slot: string]: BriefPicture };
    catalogue: NodeCatalogue | undefined;
  },
): boolean {
  // A mask may come with its picture, as its transparency.
  const whole = Object.entries(slots.pictures ?? {}).find(
    ([name, refs]) => name !== slot && refs.some((ref) => ref.node === node),
  );
  if (whole && /^mask/.test(slot)) {
    const picture = own(brought, whole[0]) as BriefPicture | undefined;
    return picture === undefined || 'file' in picture || picture.alpha;
  }
  const { class_type, inputs } = workflow[node]!;
  const file = String(inputs[input]);
  if (file === SAMPLE || !file.includes('.')) return false;
  const spec = declaredInputs(own(catalogue, class_type), inputs).get(input);
  const listed = spec && listedOptions(spec);
  // Files in folders are not listed, and are there all the same.
  return listed === undefined || /[/\\[]/.test(file) || listed.includes(file);
}
