import type { NodeContext } from '../runtime/node-definition.ts';

/** Checks the limits for pictures that a node is about to make: three numbers of four bytes a pixel. */
export function claimImage(
  context: Pick<NodeContext, 'checkPixels' | 'checkBytes'>,
  width: number,
  height: number,
  count: number,
): void {
  context.checkPixels(width, height, count);
  context.checkBytes(width * height * count * 12);
}
