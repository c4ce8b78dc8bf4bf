import type { NodeContext } from './node-definition.ts';
import { createNodeError } from './node-error.ts';

/** The most that one job may ask for. */
export interface Limits {
  /** The most pixels of one batch: width × height × pictures. */
  maxPixels: number;
  maxSteps: number;
}

/** The default limits: 2048 × 2048 pixels in one batch (16 pictures of 512 × 512), 1000 steps. */
export const DEFAULT_LIMITS: Limits = { maxPixels: 2048 * 2048, maxSteps: 1000 };

/** The checks of these limits for one node; their errors name it. */
export function createLimits(
  { maxPixels, maxSteps }: Limits,
  nodeId: string,
  classType: string,
): Pick<NodeContext, 'checkPixels' | 'checkSteps'> {
  const fail = (message: string, details: Record<string, unknown>) =>
    createNodeError('INVALID_WORKFLOW', nodeId, classType, message, details);
  return {
    checkPixels(width, height, count) {
      if (width * height * count <= maxPixels) return;
      throw fail(
        `${count} × ${width} × ${height} pixels are more than the limit of ${maxPixels} in one batch.`,
        { width, height, count, maxPixels },
      );
    },
    checkSteps(steps) {
      if (steps <= maxSteps) return;
      throw fail(`${steps} steps are more than the limit of ${maxSteps}.`, { steps, maxSteps });
    },
  };
}
