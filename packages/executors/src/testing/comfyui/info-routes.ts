import type { FakeRoute } from 'comfygen/testing';
import type { NodeCatalogue, NodeInfo } from 'comfygen/workflow';

interface InfoContext {
  info: NodeCatalogue;
  models: { [folder: string]: readonly string[] };
  version: string;
  features: Record<string, unknown>;
}

/** What a server of this version, as a number, says of itself over its socket and at `/features`. */
export function featuresOf(version: number): Record<string, unknown> {
  const common = { supports_preview_metadata: true, max_upload_size: 104_857_600 };
  if (version < 33_000) return common;
  const extension = { manager: { supports_v4: true } };
  const recent = { supports_model_type_tags: true, node_replacements: true, assets: false };
  return { ...common, ...recent, extension };
}

/** The routes that describe the server: node classes, model files, version. */
export function infoRoutes({
  info,
  models,
  version,
  features,
}: InfoContext): Record<string, FakeRoute> {
  return {
    'GET /object_info': () => ({ json: info }),
    'GET /object_info/:class': ({ params }) => {
      const one = info[params['class']!];
      return { json: one ? { [params['class']!]: one } : {} };
    },
    'GET /models': () => ({ json: Object.keys(models) }),
    'GET /models/:folder': ({ params }) => {
      const files = models[params['folder']!];
      return files ? { json: files } : { status: 404 };
    },
    'GET /embeddings': () => ({ json: models['embeddings'] ?? [] }),
    'GET /system_stats': () => ({
      json: {
        system: {
          os: 'linux',
          comfyui_version: version,
          python_version: '3.11.7',
          argv: ['main.py'],
        },
        devices: [{ name: 'cpu', type: 'cpu', index: null, vram_total: 0, vram_free: 0 }],
      },
    }),
    'GET /features': () => ({ json: features }),
  };
}

/** Inputs that name a file of a folder, as the core loaders have them. */
const LOADERS: { [folder: string]: string } = {
  checkpoints: `CheckpointLoaderSimple.ckpt_name CheckpointLoader.ckpt_name unCLIPCheckpointLoader.ckpt_name
    ImageOnlyCheckpointLoader.ckpt_name CreateHookModelAsLora.ckpt_name CreateHookModelAsLoraModelOnly.ckpt_name`,
  configs: 'CheckpointLoader.config_name',
  diffusion_models: 'UNETLoader.unet_name',
  text_encoders: `CLIPLoader.clip_name DualCLIPLoader.clip_name1 DualCLIPLoader.clip_name2
    TripleCLIPLoader.clip_name1 TripleCLIPLoader.clip_name2 TripleCLIPLoader.clip_name3
    QuadrupleCLIPLoader.clip_name1 QuadrupleCLIPLoader.clip_name2 QuadrupleCLIPLoader.clip_name3
    QuadrupleCLIPLoader.clip_name4`,
  loras: `LoraLoader.lora_name LoraLoaderModelOnly.lora_name LoraLoaderBypass.lora_name
    LoraLoaderBypassModelOnly.lora_name CreateHookLora.lora_name CreateHookLoraModelOnly.lora_name`,
  vae: 'VAELoader.vae_name',
  controlnet: 'ControlNetLoader.control_net_name DiffControlNetLoader.control_net_name',
  upscale_models: 'UpscaleModelLoader.model_name',
  latent_upscale_models: 'LatentUpscaleModelLoader.model_name',
  clip_vision: 'CLIPVisionLoader.clip_name',
  style_models: 'StyleModelLoader.style_model_name',
  gligen: 'GLIGENLoader.gligen_name',
  hypernetworks: 'HypernetworkLoader.hypernetwork_name',
  photomaker: 'PhotoMakerLoader.photomaker_model_name',
  model_patches: 'ModelPatchLoader.name',
  audio_encoders: 'AudioEncoderLoader.audio_encoder_name',
};

/** A copy of the catalogue in which the loaders list the files that are there. */
export function listModels(
  info: NodeCatalogue,
  models: { [folder: string]: readonly string[] },
): NodeCatalogue {
  const listed: NodeCatalogue = { ...info };
  for (const [folder, loaders] of Object.entries(LOADERS)) {
    for (const loader of loaders.split(/\s+/)) {
      const [classType = '', input = ''] = loader.split('.');
      const node = listed[classType];
      if (node && models[folder]) listed[classType] = withFiles(node, input, models[folder]);
    }
  }
  return listed;
}

/** What a loader offers besides files, such as VAELoader's `pixel_space`, stays. */
function withFiles(node: NodeInfo, input: string, files: readonly string[]): NodeInfo {
  const [type, config] = (node.input?.required?.[input] ?? []) as [
    unknown?,
    { options?: unknown }?,
  ];
  const offered = Array.isArray(type) ? type : config?.options;
  const own = Array.isArray(offered) ? offered.filter((one) => !/\.[a-z0-9]+$/i.test(one)) : [];
  const list = [...files, ...own];
  const spec = Array.isArray(type)
    ? [list, ...(config ? [config] : [])]
    : [type, { ...config, options: list }];
  const required = { ...node.input?.required, [input]: spec };
  return { ...node, input: { ...node.input, required } };
}
