import type { Flow } from 'comfygen/plugin';

/** What a flow is made of, as words: flows that share many are expected to do alike. Sorted, each once. */
export function flowTraits({ baseModel, tags, components, classes }: Flow): string[] {
  const { checkpoints, diffusionModels, loras, upscalers, samplers } = components;
  const traits = [
    ...(baseModel === null ? [] : [`base ${baseModel}`]),
    ...tags.map((tag) => `tag ${tag}`),
    ...[...checkpoints, ...diffusionModels].map((file) => `model ${file}`),
    ...loras.map(({ file }) => `lora ${file}`),
    ...upscalers.map((file) => `upscaler ${file}`),
    ...samplers.flatMap(({ sampler, steps }) => [
      ...(sampler === null ? [] : [`sampler ${sampler}`]),
      ...(steps === null ? [] : [`steps ${2 ** Math.round(Math.log2(Math.max(1, steps)))}`]),
    ]),
    ...classes.map((name) => `class ${name}`),
  ];
  return [...new Set(traits)].sort();
}

/** 0 to 1: the share of all their traits that two flows have in common (Jaccard). */
export function traitLikeness(a: readonly string[], b: readonly string[]): number {
  const other = new Set(b);
  const shared = a.filter((trait) => other.has(trait)).length;
  return shared === 0 ? 0 : shared / (a.length + b.length - shared);
}
