import type { ExecutorV1, Inventory, NodeCatalogue, Warning } from 'comfygen';
import { createCallContext } from 'comfygen/plugin';
import type { ValidateOptions } from 'comfygen/workflow';
import { resolveSetup } from '../config/settings.ts';
import { readCatalogue } from '../input/read-catalogue.ts';
import type { CommonOptions } from '../options/common-options.ts';
import { loadExecutor } from '../parts/named-parts.ts';
import { plural } from '../render/text.ts';
import type { Run } from '../terminal/io.ts';

/** Which server a graph is for: one that answers, or what one has answered. */
export interface ServerOptions extends CommonOptions {
  url?: string[];
  objectInfo?: string;
}

/** The node classes that a graph is converted by and held against. */
export interface KnownClasses {
  catalogue: NodeCatalogue;
  /** How far `validateWorkflow` may go with them. */
  validate: ValidateOptions;
  /** Whose they are, in words. */
  source: string;
  /** Whether a server said so; without one a class that is not known may exist all the same. */
  isServers: boolean;
}

/** The classes of the server that is named, by its address or a file; without one those that ComfyUI brings itself. */
export async function readKnownClasses(
  { url, objectInfo }: ServerOptions,
  { io, signal }: Run,
): Promise<KnownClasses> {
  if (objectInfo !== undefined) {
    const catalogue = await readCatalogue(objectInfo, io);
    return { catalogue, validate: {}, source: objectInfo, isServers: true };
  }
  const inventory =
    url === undefined
      ? undefined
      : await readInventory(await loadExecutor(resolveSetup({ url }, {}, io.cwd)), signal);
  if (inventory?.catalogue) {
    const { catalogue, models, source } = inventory;
    return { catalogue, validate: { models }, source, isServers: true };
  }
  const catalogue = await coreClasses();
  const count = plural(Object.keys(catalogue).length, 'class').replace(/classs$/, 'classes');
  return {
    catalogue,
    validate: { ignoreModelFiles: true, complete: false },
    source: `the ${count} that ComfyUI 0.33.0 has without node packs`,
    isServers: false,
  };
}

/**
 * The classes by which files of the editor are converted for an executor: its own, and for those that it lacks
 * ComfyUI's, so that such a flow is listed with what is missing.
 */
export async function classesFor(
  executor: ExecutorV1,
  signal: AbortSignal,
): Promise<NodeCatalogue> {
  // A server that is not there is said where it is needed, not while files are read.
  const inventory: Inventory | undefined = await readInventory(executor, signal).catch(
    () => undefined,
  );
  signal.throwIfAborted();
  return { ...(await coreClasses()), ...inventory?.catalogue };
}

/** The classes that ComfyUI has without node packs. */
export async function coreClasses(): Promise<NodeCatalogue> {
  return (await import('comfygen/workflow/catalogue')).coreCatalogue;
}

/** The executor's inventory; `undefined` where it gives none. */
export async function readInventory(
  executor: ExecutorV1,
  signal: AbortSignal,
): Promise<Inventory | undefined> {
  return executor.inventory?.(createCallContext({ signal }));
}

/** What helps where classes are missing. */
export const missingHint = (isServers: boolean): string =>
  isServers
    ? 'Install their node packs on that server, or take these nodes out.'
    : 'They are of node packs. Name a server that has them: --url ADDRESS, or --object-info FILE (its /object_info)';

/** The warning for a file of the editor that was converted on the way in. */
export function saidConverted(name: string, source: string): Warning {
  const message = `${name} is in the editor’s format; it was converted by ${source}.`;
  return { code: 'converted', message };
}
