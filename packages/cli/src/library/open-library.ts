import {
  checkFlow,
  type ExecutorV1,
  type Flow,
  type FlowCheck,
  type Inventory,
  type Warning,
} from 'comfygen';
import { createCallContext } from 'comfygen/plugin';
import { loadConfig } from '../config/load-config.ts';
import { resolveSetup } from '../config/settings.ts';
import type { LibraryOptions } from '../options/setup-options.ts';
import { loadExecutor } from '../parts/named-parts.ts';
import { silentMembers } from '../parts/pool.ts';
import type { Run } from '../terminal/io.ts';
import { type Library, loadLibrary } from './load-library.ts';

/** A flow and whether it can run here. */
export interface CheckedFlow {
  flow: Flow;
  check: FlowCheck;
}

/** The flows of a call, and where they would run. */
export interface OpenLibrary {
  checked: CheckedFlow[];
  executor: ExecutorV1;
  /** `undefined` where the executor does not say what it has. */
  inventory: Inventory | undefined;
  warnings: Warning[];
}

/** The flows of this call, each held against what the executor can run. */
export async function openLibrary(options: LibraryOptions, run: Run): Promise<OpenLibrary> {
  const { executor, flows, warnings } = await openParts(options, run);
  const inventory = await readInventory(executor, run.signal);
  return checkLibrary({ executor, flows, warnings }, inventory);
}

/** The flows of this call and their executor, which is not asked for anything yet. */
export async function openParts(
  options: LibraryOptions,
  { io, signal }: Run,
): Promise<Library & { executor: ExecutorV1 }> {
  const { config } = await loadConfig(io.cwd, options.config);
  const setup = resolveSetup(options, config, io.cwd);
  const executor = await loadExecutor(setup);
  return { executor, ...(await loadLibrary(setup, signal)) };
}

/** The flows, each held against what the executor has. */
export function checkLibrary(
  { executor, flows, warnings }: Library & { executor: ExecutorV1 },
  inventory: Inventory | undefined,
): OpenLibrary {
  // People know the executor by its name, which is shorter than what it says of itself.
  const known = inventory && { ...inventory, source: executor.name };
  const checked = flows.map((flow) => ({ flow, check: checkFlow(flow, { inventory: known }) }));
  return { checked, executor, inventory, warnings: [...warnings, ...silentMembers(executor)] };
}

/** What the executor can run; `undefined` where it does not say. */
export async function readInventory(
  executor: ExecutorV1,
  signal: AbortSignal,
): Promise<Inventory | undefined> {
  return executor.inventory?.(createCallContext({ signal }));
}
