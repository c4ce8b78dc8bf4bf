import { join } from 'node:path';
import { type Evaluation, renderChart, renderMarkdown } from '@comfygen/lab';
import { ComfygenError } from 'comfygen';
import { fileError } from '../../output/file-error.ts';
import { writeAtomic } from '../../output/write-atomic.ts';

/** How a report is written. */
interface WriteOptions {
  title: string;
  force: boolean;
  signal: AbortSignal;
}

/** Writes the chart and the page into a folder that is there; gives their paths. @throws FILE_ACCESS */
export async function writeReport(
  folder: string,
  evaluation: Evaluation,
  { title, force, signal }: WriteOptions,
): Promise<string[]> {
  const page = renderMarkdown(evaluation, { title });
  const [heading, ...rest] = page.split('\n\n');
  const files = {
    'selectors.svg': renderChart(evaluation, { title }),
    'selectors.md': [heading, '![ρ by selector](selectors.svg)', ...rest].join('\n\n'),
  };
  const paths: string[] = [];
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name);
    await write(path, text, { overwrite: force, signal });
    paths.push(path);
  }
  return paths;
}

async function write(
  path: string,
  text: string,
  options: { overwrite: boolean; signal: AbortSignal },
): Promise<void> {
  try {
    await writeAtomic(path, new TextEncoder().encode(text), options);
  } catch (cause) {
    options.signal.throwIfAborted();
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw fileError('write', path, cause);
    throw takenError(path, cause);
  }
}

function takenError(path: string, cause: unknown): ComfygenError {
  return new ComfygenError('FILE_ACCESS', `${path} is there already.`, {
    cause,
    details: { path, hint: 'Give another folder, or replace it with --force.' },
  });
}
