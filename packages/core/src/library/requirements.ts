import type { Components, ModelRequirement } from '../spec/index.ts';

type Named = Pick<ModelRequirement, 'folder' | 'file'>;
type Stated = Named & {
  [K in Exclude<keyof ModelRequirement, keyof Named>]?: ModelRequirement[K] | undefined;
};

/** The model files that a graph names, with the folder in which ComfyUI looks for each. */
function namedFiles(components: Components): Named[] {
  const inFolder = (folder: string, files: readonly string[]) =>
    files.map((file) => ({ folder, file }));
  return [
    ...inFolder('checkpoints', components.checkpoints),
    ...inFolder('diffusion_models', components.diffusionModels),
    ...inFolder('text_encoders', components.textEncoders),
    ...inFolder(
      'loras',
      components.loras.map((lora) => lora.file),
    ),
    ...inFolder('vae', components.vaes),
    ...inFolder('upscale_models', components.upscalers),
  ];
}

/**
 * What a flow needs: the files that its graph names, then those that only its author states (an
 * embedding named in a prompt, a ControlNet). Facts that nobody stated are `null`.
 */
export function requirements(
  components: Components,
  stated: readonly Stated[],
): ModelRequirement[] {
  const all = new Map<string, ModelRequirement>();
  for (const one of [...namedFiles(components), ...stated] as Stated[]) {
    all.set(`${one.folder}/${one.file}`, {
      folder: one.folder,
      file: one.file,
      licence: one.licence ?? null,
      commercialUse: one.commercialUse ?? null,
      url: one.url ?? null,
      sizeBytes: one.sizeBytes ?? null,
      source: one.source ?? null,
    });
  }
  return [...all.values()];
}
