import { z } from 'zod';

/** Limits on what a workflow may contain and how much it may ask of a server. */
export interface SafetyPolicy {
  /** The only node classes allowed. Default: core classes that load models, sample and save images. */
  classes: readonly string[];
  /** The only output classes allowed. Default `SaveImage`, `PreviewImage`. */
  outputClasses: readonly string[];
  /** Saved files must begin with this, followed by letters, digits, `-` or `_` only. Default `comfygen`. */
  filenamePrefix: string;
  /** Most nodes in the graph. Default 100. */
  maxNodes: number;
  /** Most sampling steps: of all samplers, each as often as it runs. Default 250. */
  maxSteps: number;
  /** Largest width × height × batch of any picture on the way, upscaling included. Default 2^26 (8192 × 8192). */
  maxPixels: number;
  /** Most images in a batch. Default 16. */
  maxBatch: number;
  /** Most conditions that one node gives, as those that others combine. Default 64. */
  maxConditions: number;
  /** Most sampling steps × conditions × pixels. Default 2^35: 250 steps with two conditions at 8192 × 8192. */
  maxWork: number;
  /** Most characters of one text, in an input or put together by nodes. Default 100,000. */
  maxTextLength: number;
}

// No bound is a bound too: `Infinity` is allowed.
const bound = z.custom<number>((value) => typeof value === 'number' && value >= 0, {
  error: 'must be a number from 0 on',
});

/** The fields of a policy; anything else is refused, since a misspelt bound would bound nothing. */
export const policyFields = z.strictObject({
  classes: z.array(z.string()),
  outputClasses: z.array(z.string()),
  filenamePrefix: z.string(),
  maxNodes: bound,
  maxSteps: bound,
  maxPixels: bound,
  maxBatch: bound,
  maxConditions: bound,
  maxWork: bound,
  maxTextLength: bound,
} satisfies Record<keyof SafetyPolicy, z.ZodType>);
