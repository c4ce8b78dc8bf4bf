import type { FakeRoute } from 'comfygen/testing';
import type { NodeCatalogue, NodeInfo } from 'comfygen/workflow';

interface InfoContext {
  info: NodeCatalogue;
  models: { [folder: string]: readonly string[] };
  version: string;
}

/** The routes that describe the server: node classes, model files, version. */
export function infoRoutes({ info, models, version }: InfoContext): Record<string, FakeRoute> {
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
    'GET /features': () => ({
      json: { supports_preview_metadata: true, max_upload_size: 104_857_600, assets: false },
    }),
  };
}

/** Inputs that name a file of a folder, as the core loaders have them. */
const LOADERS: [classType: string, input: string, folder: string][] = [
  ['CheckpointLoaderSimple', 'ckpt_name', 'checkpoints'],
  ['UNETLoader', 'unet_name', 'diffusion_models'],
  ['CLIPLoader', 'clip_name', 'text_encoders'],
  ['DualCLIPLoader', 'clip_name1', 'text_encoders'],
  ['DualCLIPLoader', 'clip_name2', 'text_encoders'],
  ['VAELoader', 'vae_name', 'vae'],
  ['LoraLoader', 'lora_name', 'loras'],
  ['LoraLoaderModelOnly', 'lora_name', 'loras'],
  ['UpscaleModelLoader', 'model_name', 'upscale_models'],
];

/** A copy of the catalogue in which the loaders list the files that are there. */
export function listModels(
  info: NodeCatalogue,
  models: { [folder: string]: readonly string[] },
): NodeCatalogue {
  const listed: NodeCatalogue = { ...info };
  for (const [classType, input, folder] of LOADERS) {
    const node = listed[classType];
    if (!node || !models[folder]) continue;
    listed[classType] = withOptions(node, input, [...models[folder]]);
  }
  return listed;
}

function withOptions(node: NodeInfo, input: string, files: string[]): NodeInfo {
  const spec = node.input?.required?.[input];
  const rest = Array.isArray(spec) ? spec.slice(1) : [];
  const required = { ...node.input?.required, [input]: [files, ...rest] };
  return { ...node, input: { ...node.input, required } };
}
