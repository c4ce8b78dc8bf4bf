import type { ExecutorV1, Inventory } from 'comfygen';
import { createCallContext } from 'comfygen/plugin';

/** What the executor can run; `undefined` where it does not say. */
export async function readInventory(
  executor: ExecutorV1,
  signal: AbortSignal,
): Promise<Inventory | undefined> {
  return executor.inventory?.(createCallContext({ signal }));
}
