import type { NodeContext } from '../runtime/node-definition.ts';

/** Checks the limits for masks that a node is about to make: one number of four bytes a pixel. */
export function claimMask(
  context: Pick<NodeContext, 'checkPixels' | 'checkBytes'>,
  width: number,
  height: number,
  count: number,
): void {
  context.checkPixels(width, height, count);
  context.checkBytes(width * height * count * 4);
}
