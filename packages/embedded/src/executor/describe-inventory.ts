import type { Inventory } from 'comfygen/plugin';
import type { ModelFiles } from '../model/types.ts';
import type { InputFiles } from '../runtime/node-definition.ts';
import { describeRegistry, type NodeRegistry } from '../runtime/node-registry.ts';
import { SOURCE } from './source.ts';

const FOLDERS = ['checkpoints', 'loras', 'vae', 'upscale_models'];

/**
 * The inventory that the executor offers: node classes in the form of ComfyUI's `object_info`, model files, input
 * pictures.
 */
export async function describeInventory(
  registry: NodeRegistry,
  models: ModelFiles,
  inputs: InputFiles,
): Promise<Inventory> {
  const inputFiles = await inputs.list();
  const filesOf = (folder: string) => (folder === 'input' ? inputFiles : models.list(folder));
  return {
    catalogue: describeRegistry(registry, filesOf),
    models: Object.fromEntries(FOLDERS.map((folder) => [folder, [...models.list(folder)]])),
    source: SOURCE,
  };
}
