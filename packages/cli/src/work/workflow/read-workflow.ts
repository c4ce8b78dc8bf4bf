import { ComfygenError, type Warning, type Workflow } from 'comfygen';
import { readGraph } from 'comfygen/node';
import { type OpenedGraph, openGraph, parseWorkflow } from 'comfygen/workflow';
import { locateFlows } from '../../config/settings.ts';
import { type KnownClasses, missingHint, saidConverted } from '../../library/known-classes.ts';
import { withoutPrefix } from '../../render/text.ts';
import type { Run } from '../../terminal/io.ts';

/** The name of a file or address for a person; keys travel in an address's query. */
export function nameOf(file: string): string {
  const url = /^https?:\/\//i.test(file) ? URL.parse(file) : null;
  return url === null ? file : url.origin + url.pathname;
}

/**
 * What a file, a picture, an address or stdin (`-`) holds, unchecked, for the validator; the editor's format is
 * converted by the classes at hand, and said. Errors name the file.
 */
export async function readOpened(
  file: string,
  { catalogue, source, isServers }: KnownClasses,
  { io, signal }: Run,
): Promise<OpenedGraph> {
  const opened = await naming(
    file,
    async () =>
      file === '-'
        ? openGraph(await io.readInput(), catalogue)
        : readGraph(locateFlows(io.cwd, file), { catalogue, signal }),
    ({ code, details }) => {
      if (code === 'MISSING_NODE') return missingHint(isServers);
      if (code === 'FILE_ACCESS') return undefined;
      return details['group'] === undefined ? EXPORT : undefined;
    },
  );
  return opened.converted
    ? { ...opened, warnings: [saidConverted(nameOf(file), source), ...opened.warnings] }
    : opened;
}

const EXPORT = 'In ComfyUI open it and use Workflow > Export (API).';

/** A workflow file, parsed, with what was left out or changed on the way; errors name the file. */
export async function readWorkflow(
  file: string,
  known: KnownClasses,
  run: Run,
): Promise<{ workflow: Workflow; warnings: Warning[] }> {
  const { graph, warnings } = await readOpened(file, known, run);
  const workflow = await naming(
    file,
    () => parseWorkflow(graph),
    () => `See every problem of the file with: comfygen workflow check ${file}`,
  );
  return { workflow, warnings };
}

/** The result of `read`; its errors get the file's name in front and a hint at the end. */
export async function naming<T>(
  file: string,
  read: () => T | Promise<T>,
  hint: (error: ComfygenError) => string | undefined,
): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    if (!ComfygenError.is(cause)) throw cause;
    const details = { ...cause.details, file, hint: hint(cause) };
    const name = nameOf(file);
    const { path } = cause.details;
    const message = typeof path === 'string' ? withoutPath(cause.message, path) : cause.message;
    throw new ComfygenError(cause.code, `${name}: ${message}`, { cause, details });
  }
}

const withoutPath = (message: string, path: string): string =>
  message.startsWith(`${path} `) ? message.slice(path.length + 1) : withoutPrefix(message, path);
