/** Facts of ComfyUI's core classes that their inputs' names don't tell, of `object_info` 0.33.0. */

/** What a table says of a class; nothing for inherited names such as `constructor`. */
export function factOf<T>(facts: Record<string, T>, classType: string | undefined): T | undefined {
  return classType !== undefined && Object.hasOwn(facts, classType) ? facts[classType] : undefined;
}

/** Nodes that carry a size of their own which must follow the latent's. */
export const SIZE_FOLLOWERS: Record<string, { width: string; height: string }[]> = {
  CLIPTextEncodeSDXL: [
    { width: 'width', height: 'height' },
    { width: 'target_width', height: 'target_height' },
  ],
  CLIPTextEncodeSDXLRefiner: [{ width: 'width', height: 'height' }],
  CLIPTextEncodePixArtAlpha: [{ width: 'width', height: 'height' }],
  ModelSamplingFlux: [{ width: 'width', height: 'height' }],
  Flux2Scheduler: [{ width: 'width', height: 'height' }],
};
