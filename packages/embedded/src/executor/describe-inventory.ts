import type { Inventory } from 'comfygen/plugin';
import type { ModelLibrary } from '../model/types.ts';
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
  library: ModelLibrary,
  inputs: InputFiles,
): Promise<Inventory> {
  const inputFiles = await inputs.list();
  const filesOf = (folder: string) => (folder === 'input' ? inputFiles : library.list(folder));
  return {
    catalogue: describeRegistry(registry, filesOf),
    models: Object.fromEntries(FOLDERS.map((folder) => [folder, [...library.list(folder)]])),
    source: SOURCE,
  };
}
