import { workflowsUrl } from '@comfygen/workflows';
import { ComfygenError, type Flow, type Warning } from 'comfygen';
import { loadFlows } from 'comfygen/node';
import type { Setup } from '../config/settings.ts';
import { didYouMean } from '../render/did-you-mean.ts';
import { withoutPrefix } from '../render/text.ts';

/** The flows for a command, with warnings about those that were left out. */
export interface Library {
  flows: Flow[];
  warnings: Warning[];
}

/**
 * The library with the user's own flows: they come first, and one with a library flow's id takes its
 * place. With `only` the library is left out.
 */
export async function loadLibrary(
  { flows: sources, only }: Pick<Setup, 'flows' | 'only'>,
  signal: AbortSignal,
): Promise<Library> {
  if (only && sources.length === 0) {
    throw new ComfygenError('INVALID_OPTIONS', '--only needs flows: give them with --flows PATH.');
  }
  const paths = sources.filter((source) => typeof source === 'string');
  const loaded = paths.length === 0 ? undefined : await loadFlows(paths, { signal });
  const own = [...(loaded ?? []), ...sources.filter((source) => typeof source !== 'string')];
  const warnings: Warning[] = (loaded?.skipped ?? []).map(({ path, error }) => ({
    code: 'flow-skipped',
    message: `${path} is left out: ${withoutPrefix(error.message, path)}`,
  }));
  if (only) return { flows: own, warnings };
  const ids = new Set(own.map(({ id }) => id));
  const library = await loadFlows(workflowsUrl, { signal });
  for (const { id } of library.filter((flow) => ids.has(flow.id))) {
    warnings.push({ code: 'flow-replaced', message: `Your flow ${id} takes the library’s place.` });
  }
  return { flows: [...own, ...library.filter(({ id }) => !ids.has(id))], warnings };
}

/** The flow with this id; throws NO_FLOW with the nearest id where there is none. */
export function findFlow(flows: readonly Flow[], id: string): Flow {
  const found = flows.find((flow) => flow.id === id);
  if (found !== undefined) return found;
  const ids = flows.map((flow) => flow.id);
  const question = didYouMean(id, ids);
  throw new ComfygenError('NO_FLOW', `There is no flow ${id}.${question}`, { details: { id } });
}
