import type { Inventory } from 'comfygen/plugin';

/** ComfyUI's folders, where the manifest's groups have older names. */
const FOLDERS: { readonly [group: string]: string } = {
  unet: 'diffusion_models',
  clip: 'text_encoders',
};

/** The inventory for a manifest of weights. Node classes stay unknown, since the model does not list them. */
export function listWeights(
  weights: { readonly [group: string]: readonly string[] },
  model: string,
): Inventory {
  const models: Inventory['models'] = {};
  for (const [group, names] of Object.entries(weights)) {
    const name = group.toLowerCase();
    const folder = Object.hasOwn(FOLDERS, name) ? FOLDERS[name]! : name;
    models[folder] = [...(models[folder] ?? []), ...names];
  }
  return { catalogue: null, models, source: `Replicate ${model}` };
}
