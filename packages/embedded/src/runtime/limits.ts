import type { NodeContext } from './node-definition.ts';
import { createNodeError } from './node-error.ts';

/** The most that one job may ask for. */
export interface Limits {
  /** The most nodes of a graph. */
  maxNodes: number;
  /** The most characters of all texts of a graph together. */
  maxTextLength: number;
  /** The most pixels of one batch: width × height × pictures. */
  maxPixels: number;
  maxSteps: number;
  /** The most conditions in one CONDITIONING; each is computed in each step. */
  maxConditions: number;
  /** The most bytes of pictures, latents, embeddings and files that a job holds at once. */
  maxBytes: number;
}

/** The default limits: 2048 × 2048 pixels in one batch (16 pictures of 512 × 512), 1000 steps. */
export const DEFAULT_LIMITS: Limits = {
  maxNodes: 500,
  maxTextLength: 200_000,
  maxPixels: 2048 * 2048,
  maxSteps: 1000,
  maxConditions: 64,
  maxBytes: 160 * 1024 * 1024,
};

/** The end of each refusal: how the host allows it. */
export const howToAllow = (limit: keyof Limits): string => `Allow more by embedded({ ${limit} }).`;

/** The checks of these limits for one node; their errors name it. `held` gives the bytes that the job holds now. */
export function createLimits(
  limits: Limits,
  nodeId: string,
  classType: string,
  held: () => number,
): Pick<NodeContext, 'checkPixels' | 'checkSteps' | 'checkConditions' | 'checkBytes'> {
  const refuse = (limit: keyof Limits, what: string, details: Record<string, unknown>) => {
    const message = `${what} are more than the limit of ${limits[limit]}. ${howToAllow(limit)}`;
    const facts = { ...details, [limit]: limits[limit] };
    return createNodeError('INVALID_WORKFLOW', nodeId, classType, message, facts);
  };
  return {
    checkPixels(width, height, count) {
      if (width * height * count <= limits.maxPixels) return;
      const what = `${count} × ${width} × ${height} pixels in one batch`;
      throw refuse('maxPixels', what, { width, height, count });
    },
    checkSteps(steps) {
      if (steps > limits.maxSteps) throw refuse('maxSteps', `${steps} steps`, { steps });
    },
    checkConditions(count) {
      if (count <= limits.maxConditions) return;
      throw refuse('maxConditions', `${count} conditions at once`, { count });
    },
    checkBytes(bytes) {
      const all = held() + bytes;
      if (all > limits.maxBytes) {
        throw refuse('maxBytes', `${all} bytes at once`, { bytes: all });
      }
    },
  };
}
