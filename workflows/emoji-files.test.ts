import { existsSync } from 'node:fs';
import { checkFlow } from 'comfygen';
import { loadFlows } from 'comfygen/node';
import { createCallContext } from 'comfygen/plugin';
import { describe, expect, it } from 'vitest';
import { workflowsUrl } from './index.js';

const world = new URL('../packages/embedded/src/world/emoji-library.ts', import.meta.url);
const hasWorld = existsSync(world);
if (!hasWorld) console.warn('SKIPPED: emoji flows against the embedded executor: it has no world.');

describe.skipIf(!hasWorld)('the embedded executor', () => {
  it('has every node class and model file of the emoji flows', async () => {
    const { embedded } = await import('@comfygen/embedded');
    const executor = embedded();
    const inventory = await executor.inventory?.(createCallContext());
    await executor.dispose?.();
    expect(inventory).toBeDefined();
    const flows = (await loadFlows(workflowsUrl)).filter((flow) => flow.baseModel === 'emoji');
    const lacking = flows
      .map((flow) => ({ id: flow.id, ...checkFlow(flow, { inventory }) }))
      .filter((check) => !check.canRun || check.unknown.length > 0)
      .map(({ id, reasons, unknown }) => ({ id, reasons, unknown }));
    expect(lacking).toEqual([]);
  });
});
