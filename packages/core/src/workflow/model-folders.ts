/** Inputs that name a file of a model folder, by class and input; facts of `object_info` 0.33.0. */
const FOLDERS: Record<string, Record<string, string>> = {
  checkpoints: {
    CheckpointLoaderSimple: 'ckpt_name',
    CheckpointLoader: 'ckpt_name',
    unCLIPCheckpointLoader: 'ckpt_name',
    ImageOnlyCheckpointLoader: 'ckpt_name',
    CreateHookModelAsLora: 'ckpt_name',
    CreateHookModelAsLoraModelOnly: 'ckpt_name',
    LTXVAudioVAELoader: 'ckpt_name',
  },
  configs: { CheckpointLoader: 'config_name' },
  diffusion_models: { UNETLoader: 'unet_name' },
  text_encoders: {
    CLIPLoader: 'clip_name',
    DualCLIPLoader: 'clip_name1 clip_name2',
    TripleCLIPLoader: 'clip_name1 clip_name2 clip_name3',
    QuadrupleCLIPLoader: 'clip_name1 clip_name2 clip_name3 clip_name4',
    LTXAVTextEncoderLoader: 'text_encoder',
  },
  loras: {
    LoraLoader: 'lora_name',
    LoraLoaderModelOnly: 'lora_name',
    LoraLoaderBypass: 'lora_name',
    LoraLoaderBypassModelOnly: 'lora_name',
    CreateHookLora: 'lora_name',
    CreateHookLoraModelOnly: 'lora_name',
  },
  vae: { VAELoader: 'vae_name' },
  controlnet: { ControlNetLoader: 'control_net_name', DiffControlNetLoader: 'control_net_name' },
  upscale_models: { UpscaleModelLoader: 'model_name' },
  latent_upscale_models: { LatentUpscaleModelLoader: 'model_name' },
  clip_vision: { CLIPVisionLoader: 'clip_name' },
  style_models: { StyleModelLoader: 'style_model_name' },
  gligen: { GLIGENLoader: 'gligen_name' },
  hypernetworks: { HypernetworkLoader: 'hypernetwork_name' },
  photomaker: { PhotoMakerLoader: 'photomaker_model_name' },
  model_patches: { ModelPatchLoader: 'name' },
  audio_encoders: { AudioEncoderLoader: 'audio_encoder_name' },
};

/** The folders that inputs name files of, those of base models first. */
export const modelFolders: readonly string[] = Object.keys(FOLDERS);

const BY_INPUT = new Map(
  Object.entries(FOLDERS).flatMap(([folder, classes]) =>
    Object.entries(classes).flatMap(([classType, inputs]) =>
      inputs.split(' ').map((input) => [`${classType}.${input}`, folder] as const),
    ),
  ),
);

/** The model folder whose file names an input takes, or `undefined` where it names no model file. */
export function modelFolder(classType: string, input: string): string | undefined {
  return BY_INPUT.get(`${classType}.${input}`);
}
