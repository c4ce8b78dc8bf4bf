import type { NodeCatalogue, Workflow } from '../spec/index.ts';
import { compareIds } from './links.ts';

/** Core's own output classes, for when no catalogue is at hand. */
const OUTPUTS = new Set([
  'SaveImage',
  'PreviewImage',
  'SaveImageWebsocket',
  'SaveImageAdvanced',
  'SaveAnimatedPNG',
  'SaveAnimatedWEBP',
  'PreviewAny',
  'SaveLatent',
  'MaskPreview',
]);

/** Ids of the nodes that make a file or a preview, in the order of their ids. */
export function findOutputNodes(workflow: Workflow, catalogue?: NodeCatalogue): string[] {
  const isOutput = (name: string) =>
    catalogue && Object.hasOwn(catalogue, name)
      ? catalogue[name]?.output_node === true
      : OUTPUTS.has(name);
  return Object.keys(workflow)
    .filter((id) => isOutput(workflow[id]!.class_type))
    .sort(compareIds);
}
