import type { Workflow } from '../spec/index.ts';
import { compareIds } from './links.ts';
import { modelFolder, modelFolders } from './validate/model-inputs.ts';

/** A model file that an input names, and the folder in which ComfyUI looks for it. */
export interface NamedModel {
  node: string;
  folder: string;
  file: string;
}

/**
 * The model files that a graph names, base models first, then in the order of node ids; not what ComfyUI
 * brings itself (`pixel_space`, config files).
 */
export function findModelFiles(workflow: Workflow): NamedModel[] {
  const found: NamedModel[] = [];
  for (const node of Object.keys(workflow).sort(compareIds)) {
    const { class_type, inputs } = workflow[node]!;
    for (const input of Object.keys(inputs).sort()) {
      const file = inputs[input];
      const folder = modelFolder(class_type, input);
      if (folder === undefined || typeof file !== 'string') continue;
      if (folder === 'configs' || (folder === 'vae' && !/\.\w+$/.test(file))) continue;
      found.push({ node, folder, file });
    }
  }
  const rank = ({ folder }: NamedModel) => modelFolders.indexOf(folder);
  return found.sort((a, b) => rank(a) - rank(b));
}
