import type { ModelRequirement, Workflow } from '../spec/index.ts';
import { findModelFiles } from '../workflow/find-model-files.ts';

type Named = Pick<ModelRequirement, 'folder' | 'file'>;
type Stated = Named & {
  [K in Exclude<keyof ModelRequirement, keyof Named>]?: ModelRequirement[K] | undefined;
};

/**
 * What a flow needs: the files that its graph names, then those that only its author states (an
 * embedding named in a prompt). Facts that nobody stated are `null`.
 */
export function requirements(workflow: Workflow, stated: readonly Stated[]): ModelRequirement[] {
  const all = new Map<string, ModelRequirement>();
  for (const one of [...findModelFiles(workflow), ...stated] as Stated[]) {
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
