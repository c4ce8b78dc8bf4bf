import { workflowsUrl } from '@comfygen/workflows';
import { ComfygenError, type Flow, type NodeCatalogue, type Warning } from 'comfygen';
import { loadFlows } from 'comfygen/node';
import type { Setup } from '../config/settings.ts';
import { didYouMean } from '../render/did-you-mean.ts';
import { withoutPrefix } from '../render/text.ts';

/** The flows for a command, with warnings about those that were left out. */
export interface Library {
  flows: Flow[];
  warnings: Warning[];
}

/** By what files of the editor are converted on the way in, asked for where there is one. */
export interface EditorFiles {
  catalogue: () => Promise<NodeCatalogue>;
  /** Whose classes they are. */
  source: string;
}

/**
 * The library with the user's own flows: they come first, and one with a library flow's id takes its
 * place. With `only` the library is left out.
 */
export async function loadLibrary(
  { flows: sources, only }: Pick<Setup, 'flows' | 'only'>,
  signal: AbortSignal,
  editor?: EditorFiles,
): Promise<Library> {
  if (only && sources.length === 0) {
    throw new ComfygenError('INVALID_OPTIONS', '--only needs flows: give them with --flows PATH.');
  }
  const paths = sources.filter((source) => typeof source === 'string');
  const options = { signal, catalogue: editor?.catalogue };
  const loaded = paths.length === 0 ? undefined : await loadFlows(paths, options);
  const own = [...(loaded ?? []), ...sources.filter((source) => typeof source !== 'string')];
  const warnings: Warning[] = [
    ...(loaded?.skipped ?? []).map(({ path, error }) => ({
      code: 'flow-skipped',
      message: `${path} is left out: ${withoutPrefix(error.message, path)}`,
    })),
    ...(loaded?.warnings ?? []),
    ...(loaded?.converted ?? []).map(({ path, warnings: said }) => ({
      code: 'flow-converted',
      message: `${path} is in the editor’s format; it was converted by the classes of ${editor?.source}${restOf(said, path)}`,
    })),
  ];
  if (only) return { flows: own, warnings };
  const ids = new Set(own.map(({ id }) => id));
  const library = await loadFlows(workflowsUrl, { signal });
  for (const { id } of library.filter((flow) => ids.has(flow.id))) {
    warnings.push({ code: 'flow-replaced', message: `Your flow ${id} takes the library’s place.` });
  }
  return { flows: [...own, ...library.filter(({ id }) => !ids.has(id))], warnings };
}

function restOf(said: readonly Warning[], path: string): string {
  if (said.length === 0) return '.';
  const what =
    said.length === 1 ? 'What was changed' : `The ${said.length} things that were changed`;
  return `. ${what}: comfygen workflow convert ${path}`;
}

/** The flow with this id; throws NO_FLOW with the nearest id where there is none. */
export function findFlow(flows: readonly Flow[], id: string): Flow {
  const found = flows.find((flow) => flow.id === id);
  if (found !== undefined) return found;
  const ids = flows.map((flow) => flow.id);
  const question = didYouMean(id, ids);
  throw new ComfygenError('NO_FLOW', `There is no flow ${id}.${question}`, { details: { id } });
}
