import type { SlotRef, Workflow } from '../../spec/index.ts';

/** Upscale models double, triple or quadruple a side; the file's name doesn't bind it, so the largest is assumed. */
const MODEL_SCALE = 4;

/** Classes whose width and height are hints or regions, not the size of something that is made. */
const NOT_A_PICTURE = /^(Conditioning|CLIPTextEncode|ModelSampling)|^(ImageCrop|Flux2Scheduler)$/;

/** How large a workflow's pictures can get. */
export interface PixelEstimate {
  /** An upper bound of width × height × batch of any picture. */
  pixels: number;
  batch: number;
  /** Inputs that matter and hold no number, or a 0 by which the server computes a side itself. */
  unknown: SlotRef[];
}

/**
 * An upper bound, not a simulation: the largest size that any node names, times every enlargement in the
 * graph, as if all stood in one row. Shrinking is not counted.
 */
export function estimatePixels(
  workflow: Workflow,
  numberAt: (node: string, input: string) => number | undefined,
): PixelEstimate {
  const estimate: PixelEstimate = { pixels: 0, batch: 1, unknown: [] };
  let area = 0;
  let growth = 1;
  let made = 1;
  let repeats = 1;
  for (const node of Object.keys(workflow)) {
    const { class_type, inputs } = workflow[node]!;
    const read = (input: string): number => {
      if (!Object.hasOwn(inputs, input)) return 1;
      const value = numberAt(node, input);
      if (value === undefined || value <= 0) estimate.unknown.push({ node, input });
      return Math.max(value ?? 1, 0);
    };
    if ('width' in inputs && 'height' in inputs && !NOT_A_PICTURE.test(class_type)) {
      area = Math.max(area, read('width') * read('height'));
    }
    if (class_type === 'ImageScaleToTotalPixels')
      area = Math.max(area, read('megapixels') * 2 ** 20);
    if ('batch_size' in inputs) made = Math.max(made, read('batch_size'));
    if (class_type === 'RepeatLatentBatch') repeats *= Math.max(1, read('amount'));
    if (class_type === 'ImageBatch') repeats *= 2;
    if ('scale_by' in inputs) growth *= Math.max(1, read('scale_by')) ** 2;
    if (class_type === 'ImageUpscaleWithModel') growth *= MODEL_SCALE ** 2;
  }
  estimate.batch = made * repeats;
  estimate.pixels = area * growth * estimate.batch;
  return estimate;
}
