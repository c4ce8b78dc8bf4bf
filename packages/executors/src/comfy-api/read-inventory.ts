import type { HttpClient } from 'comfygen/http';
import { type CallContext, freezeDeep, type Inventory, monotonic } from 'comfygen/plugin';
import type { NodeCatalogue } from 'comfygen/workflow';
import { z } from 'zod';
import { keyOf, type Settings } from './options.ts';

const KEPT_MS = 10 * 60_000;
/** Every node of the service, in one answer. */
const LIMITS = { timeoutMs: 120_000, maxBytes: 256 * 1024 * 1024 };
const infoSchema = z.record(z.string(), z.looseObject({ input: z.unknown().optional() }));

/**
 * Makes the function that reads what Comfy Cloud can run. It asks the older API, since version 2 has no such call,
 * and keeps the answer for ten minutes.
 */
export function createInventoryReader(http: HttpClient, settings: Settings) {
  let kept: { at: number; inventory: Inventory } | undefined;
  return async (ctx: CallContext): Promise<Inventory> => {
    ctx.signal.throwIfAborted();
    if (kept === undefined || monotonic(ctx.clock) - kept.at >= KEPT_MS) {
      const key = keyOf(settings);
      const headers = key === undefined ? {} : { 'x-api-key': key };
      const answer = await http.send('api/object_info', ctx, { ...LIMITS, headers });
      const catalogue = answer.read(infoSchema) as NodeCatalogue;
      const inventory = { catalogue, models: modelsInCatalogue(catalogue), source: 'Comfy Cloud' };
      kept = { at: monotonic(ctx.clock), inventory: await freezeDeep(inventory, ctx.signal) };
    }
    return kept.inventory;
  };
}

/** Inputs of core's loaders that list the files of a folder. */
const LOADERS: [classType: string, input: string, folder: string][] = [
  ['CheckpointLoaderSimple', 'ckpt_name', 'checkpoints'],
  ['UNETLoader', 'unet_name', 'diffusion_models'],
  ['CLIPLoader', 'clip_name', 'text_encoders'],
  ['VAELoader', 'vae_name', 'vae'],
  ['LoraLoader', 'lora_name', 'loras'],
  ['ControlNetLoader', 'control_net_name', 'controlnet'],
  ['UpscaleModelLoader', 'model_name', 'upscale_models'],
];

/** Model files by folder, as the loaders of a catalogue list them; a folder without a list is left out. */
export function modelsInCatalogue(catalogue: NodeCatalogue): Inventory['models'] {
  const models: Inventory['models'] = {};
  for (const [classType, input, folder] of LOADERS) {
    const { required = {}, optional = {} } = catalogue[classType]?.input ?? {};
    const files = optionsOf(required[input] ?? optional[input]);
    if (files) models[folder] = files;
  }
  return models;
}

/** Both ways in which `object_info` writes a choice: the list itself, and `['COMBO', { options }]`. */
function optionsOf(spec: unknown): string[] | undefined {
  if (!Array.isArray(spec)) return undefined;
  const [type, more] = spec as [unknown, { options?: unknown } | undefined];
  const list = type === 'COMBO' ? more?.options : type;
  return Array.isArray(list) ? list.filter((item) => typeof item === 'string') : undefined;
}
