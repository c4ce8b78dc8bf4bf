import { ComfygenError, type Flow, type Inventory } from 'comfygen';
import { nearest } from '../../config/nearest.ts';

/** A folder of model files. */
export interface ModelFolder {
  folder: string;
  files: { file: string; usedBy: string[] }[];
}

/** The folders of an inventory, or those that are named, each file with the flows that use it. @throws NOT_FOUND */
export function findModels(
  { models, source }: Inventory,
  flows: readonly Flow[],
  wanted: readonly string[] | undefined,
): ModelFolder[] {
  const known = Object.keys(models).sort();
  const unknown = wanted?.find((folder) => !known.includes(folder));
  if (unknown !== undefined) throw unknownFolder(unknown, known, source);
  return known
    .filter((folder) => wanted?.includes(folder) ?? true)
    .map((folder) => ({
      folder,
      files: [...models[folder]!]
        .sort()
        .map((file) => ({ file, usedBy: usersOf(folder, file, flows) })),
    }));
}

// A server on Windows lists its files with backslashes; a graph may name them either way.
const slashes = (file: string) => file.replaceAll('\\', '/');

function usersOf(folder: string, file: string, flows: readonly Flow[]): string[] {
  return flows
    .filter(({ models }) =>
      models.some((model) => model.folder === folder && slashes(model.file) === slashes(file)),
    )
    .map(({ id }) => id);
}

function unknownFolder(folder: string, known: readonly string[], source: string): ComfygenError {
  const meant = nearest(folder, known);
  const question = meant === undefined ? '' : ` Did you mean ${meant}?`;
  return new ComfygenError('NOT_FOUND', `${source} lists no folder ${folder}.${question}`, {
    details: { folder, hint: `It lists: ${known.join(', ') || 'none'}` },
  });
}
