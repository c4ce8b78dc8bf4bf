import {
  checkFlow,
  type ExecutorV1,
  type Flow,
  type FlowCheck,
  type Inventory,
  type Warning,
} from 'comfygen';
import { loadConfig } from '../config/load-config.ts';
import { resolveSetup } from '../config/settings.ts';
import { readCatalogue } from '../input/read-catalogue.ts';
import type { LibraryOptions } from '../options/setup-options.ts';
import { loadExecutor } from '../parts/named-parts.ts';
import { silentMembers } from '../parts/pool.ts';
import type { Run } from '../terminal/io.ts';
import { classesFor, readInventory } from './known-classes.ts';
import { type EditorFiles, type Library, loadLibrary } from './load-library.ts';

/** A flow and whether it can run here. */
export interface CheckedFlow {
  flow: Flow;
  check: FlowCheck;
}

/** The flows for a command, each with whether it can run, and the executor that would run them. */
export interface OpenLibrary {
  checked: CheckedFlow[];
  executor: ExecutorV1;
  /** What the executor can run; `undefined` where it does not tell. */
  inventory: Inventory | undefined;
  warnings: Warning[];
}

/** The flows of this call, each held against what the executor can run. */
export async function openLibrary(options: LibraryOptions, run: Run): Promise<OpenLibrary> {
  if (options.objectInfo !== undefined) return openForFile(options, run);
  const { executor, flows, warnings } = await openParts(options, run);
  const inventory = await readInventory(executor, run.signal);
  return checkLibrary({ executor, flows, warnings }, inventory);
}

/** The flows held against what a server has answered, in place of one that can be asked. */
async function openForFile(
  { objectInfo, ...options }: LibraryOptions,
  { io, signal }: Run,
): Promise<OpenLibrary> {
  const { config } = await loadConfig(io.cwd, options.config);
  const setup = resolveSetup({ ...options, executor: 'comfyui' }, config, io.cwd);
  const catalogue = await readCatalogue(objectInfo!, io);
  const executor: ExecutorV1 = { ...(await loadExecutor(setup)), name: objectInfo! };
  const editor: EditorFiles = { catalogue: async () => catalogue, source: objectInfo! };
  const library = await loadLibrary(setup, signal, editor);
  return checkLibrary({ executor, ...library }, { catalogue, models: {}, source: objectInfo! });
}

/** The flows for this call and the executor; the executor is not asked anything yet. */
export async function openParts(
  options: LibraryOptions,
  { io, signal }: Run,
): Promise<Library & { executor: ExecutorV1 }> {
  const { config } = await loadConfig(io.cwd, options.config);
  const setup = resolveSetup(options, config, io.cwd);
  const executor = await loadExecutor(setup);
  return { executor, ...(await loadLibrary(setup, signal, editorFiles(executor, signal))) };
}

/** How files of the editor become flows for an executor. */
export function editorFiles(executor: ExecutorV1, signal: AbortSignal): EditorFiles {
  return { catalogue: () => classesFor(executor, signal), source: executor.name };
}

/** The flows, each checked against the inventory. */
export function checkLibrary(
  { executor, flows, warnings }: Library & { executor: ExecutorV1 },
  inventory: Inventory | undefined,
): OpenLibrary {
  // People know the executor by its name, which is shorter than what it says of itself.
  const known = inventory && { ...inventory, source: executor.name };
  const checked = flows.map((flow) => ({ flow, check: checkFlow(flow, { inventory: known }) }));
  return { checked, executor, inventory, warnings: [...warnings, ...silentMembers(executor)] };
}
