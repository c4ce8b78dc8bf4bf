import { ComfygenError } from 'comfygen';
import { renderJson } from '../../render/json.ts';
import { plain, plural, wrap } from '../../render/text.ts';
import { renderWarnings } from '../../render/warnings.ts';
import type { Io } from '../../terminal/io.ts';
import { openLibrary } from '../flows/open-library.ts';
import type { Run } from '../run.ts';
import { findModels, type ModelFolder } from './find-models.ts';
import type { ModelsOptions } from './options.ts';

/** `models list`: the executor's model files, folder by folder. */
export async function listModels(options: ModelsOptions, run: Run): Promise<number> {
  const { io } = run;
  const { checked, executor, inventory, warnings } = await openLibrary(options, run);
  if (inventory === undefined) {
    throw new ComfygenError('UNSUPPORTED', `${executor.name} does not list its model files.`, {
      details: { hint: 'See which files flows need with: comfygen flows show ID' },
    });
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
    io.out(renderJson({ executor: executor.name, source, folders: shown, warnings }));
    return 0;
  }
  const full = folders.filter(({ files }) => files.length > 0);
  for (const folder of full) io.out(`${renderFolder(folder, used, io)}\n`);
  io.out(`${summarize(folders, inventory.source, io)}\n`);
  io.err(renderWarnings(warnings, io.errColors, io.columns));
  return 0;
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
