import { ComfygenError, type Flow, type Inventory, type ModelRequirement } from 'comfygen';
import { type OpenLibrary, openLibrary } from '../library/open-library.ts';
import type { LibraryOptions } from '../options/setup-options.ts';
import { didYouMean } from '../render/did-you-mean.ts';
import { renderDocument } from '../render/json.ts';
import { renderWarnings } from '../render/messages.ts';
import { plain, plural, wrap } from '../render/text.ts';
import type { Io, Run } from '../terminal/io.ts';

/** Options of `models list`. */
export interface ModelsOptions extends LibraryOptions {
  folder?: string[];
  used?: boolean;
  missing?: boolean;
}

/** `models list`: the executor's model files, folder by folder. */
export async function listModels(options: ModelsOptions, run: Run): Promise<number> {
  const { io } = run;
  const { checked, executor, inventory, warnings } = await openLibrary(options, run);
  if (inventory === undefined) {
    throw new ComfygenError('UNSUPPORTED', `${executor.name} does not list its model files.`, {
      details: { hint: 'See which files flows need with: comfygen flows show ID' },
    });
  }
  if (options.missing) {
    const missing = findMissing(checked, inventory).filter(
      ({ folder }) => options.folder?.includes(folder ?? '') ?? true,
    );
    return showMissing(missing, { executor, warnings }, { io, json: options.json === true });
  }
  const flows = checked.map(({ flow }) => flow);
  const folders = findModels(inventory, flows, options.folder);
  const used = options.used === true;
  if (options.json) {
    const shown = folders.map(({ folder, files }) => ({
      folder,
      files: files.map(({ file, usedBy }) => ({ file, ...(used && { usedBy }) })),
    }));
    const { source } = inventory;
    io.out(renderDocument('models', { executor: executor.name, source, folders: shown, warnings }));
    return 0;
  }
  const full = folders.filter(({ files }) => files.length > 0);
  for (const folder of full) io.out(`${renderFolder(folder, used, io)}\n`);
  io.out(`${summarize(folders, inventory.source, io)}\n`);
  io.err(renderWarnings(warnings, io.errColors, io.columns));
  return 0;
}

/** A file that flows need and that is not known to be there. */
type MissingFile = ModelRequirement & {
  neededBy: string[];
  /** `false` where the executor does not list the files of its folder, or nobody knows the folder. */
  isSure: boolean;
};

/** The files that flows need and an inventory does not have, each once. */
function findMissing(checked: OpenLibrary['checked'], { models }: Inventory): MissingFile[] {
  const found = new Map<string, MissingFile>();
  const everywhere = new Set(Object.values(models).flat().map(slashes));
  for (const { flow, check } of checked) {
    for (const model of flow.models) {
      const isSure = check.missing.models.includes(model);
      if (!isSure && everywhere.has(slashes(model.file))) continue;
      const key = `${model.folder ?? ''}/${model.file}`;
      const before = found.get(key);
      const neededBy = [...(before?.neededBy ?? []), flow.id];
      found.set(key, { ...model, url: before?.url ?? model.url, isSure, neededBy });
    }
  }
  return [...found.values()];
}

/** `models list --missing`: those files, with where to get them. */
function showMissing(
  missing: readonly MissingFile[],
  { executor, warnings }: Pick<OpenLibrary, 'executor' | 'warnings'>,
  { io, json }: { io: Io; json: boolean },
): number {
  if (json) {
    io.out(renderDocument('models-missing', { executor: executor.name, missing, warnings }));
    return 0;
  }
  const { outColors: colors, columns } = io;
  for (const { folder, file, url, neededBy, isSure } of missing) {
    const name = folder === null ? `${file} (folder not known)` : `${folder}/${file}`;
    const doubt = isSure ? '' : `whether ${executor.name} has it is not known; `;
    io.out(`${colors.bold(plain(name))}\n  ${plain(url ?? 'address not known')}\n`);
    const users = wrap(`${doubt}for ${neededBy.map(plain).join(', ')}`, columns - 2);
    io.out(users.map((line) => `  ${colors.dim(line)}\n`).join(''));
  }
  const count = plural(missing.length, 'file');
  io.out(`\n${colors.dim(`${count} not known to be on ${executor.name}`)}\n`);
  io.err(renderWarnings(warnings, io.errColors, columns));
  return 0;
}

/** A folder of model files. */
interface ModelFolder {
  folder: string;
  files: { file: string; usedBy: string[] }[];
}

/** The folders of an inventory, or those that are named, each file with the flows that use it. @throws NOT_FOUND */
function findModels(
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
  const question = didYouMean(folder, known);
  return new ComfygenError('NOT_FOUND', `${source} lists no folder ${folder}.${question}`, {
    details: { folder, hint: `It lists: ${known.join(', ') || 'none'}` },
  });
}

/** File names are what a graph must say to the letter, so they are never cut. */
function renderFolder({ folder, files }: ModelFolder, used: boolean, io: Io): string {
  const { outColors: colors, columns } = io;
  const lines = files.flatMap(({ file, usedBy }) => {
    const users = usedBy.length === 0 ? 'no flow uses it' : `for ${usedBy.map(plain).join(', ')}`;
    const below = used ? wrap(users, columns - 4).map((line) => `    ${colors.dim(line)}\n`) : [];
    return [`  ${plain(file)}\n`, ...below];
  });
  return `${colors.bold(plain(folder))}\n${lines.join('')}`;
}

function summarize(folders: readonly ModelFolder[], source: string, io: Io): string {
  const count = folders.reduce((sum, { files }) => sum + files.length, 0);
  const empty = folders.filter(({ files }) => files.length === 0).map(({ folder }) => folder);
  const without = empty.length === 0 ? '' : `; empty: ${empty.join(', ')}`;
  const text = plain(`${plural(count, 'model file')} on ${source}${without}`);
  return wrap(text, io.columns).map(io.outColors.dim).join('\n');
}
