import { describe, expect, it } from 'vitest';
import { defineFlow } from '../library/define-flow.ts';
import type { Inventory, Workflow } from '../spec/index.ts';
import { instantClock } from '../testing/reference/instant-clock.ts';
import { scriptedBackend } from '../testing/reference/scripted-executor.ts';
import { createTestGraph } from '../testing/test-flow.ts';
import { wrapExecutor } from '../util/wrap.ts';
import { coreCatalogue } from '../workflow/catalogue.ts';
import { createComfyGen } from './create-comfygen.ts';
import type { GenerateOptions } from './types.ts';

const STACK = {
  input: { optional: { model: ['MODEL'] } },
  output: ['MODEL'],
  python_module: 'custom_nodes.stacks',
};
const stocked = (inventory: Partial<Inventory> = {}): Inventory => ({
  catalogue: { ...coreCatalogue, Stack: STACK },
  models: { checkpoints: ['model.safetensors'], loras: ['ink\\a.safetensors'] },
  source: 'a server',
  ...inventory,
});

/** What a run would send of this graph to a backend with this inventory. */
async function send(workflow: Workflow, call: GenerateOptions = {}, inventory = stocked()) {
  const executor = wrapExecutor(scriptedBackend(['succeed']).create(), () => ({
    inventory: async () => inventory,
  }));
  const flows = [defineFlow({ id: 'one', workflow })];
  const comfygen = createComfyGen({ flows, executor, clock: instantClock() });
  const { plan, warnings } = await comfygen.plan('a red apple', { seed: 1, ...call });
  return { plan, inputs: (id: string) => plan.workflow[id]?.inputs, warnings };
}

/** The usual graph with a node of a pack between the loader and the sampler. */
function stackedGraph(inputs: Workflow[string]['inputs'], output = 0): Workflow {
  return {
    ...createTestGraph({ sampler: { model: ['stack', output] } }),
    stack: { class_type: 'Stack', inputs: { model: ['loader', 0], ...inputs } },
  };
}

describe('what a class of a node pack takes beyond its declaration', () => {
  it('is sent as the flow has it, and said', async () => {
    const extra = { part_1: { on: true, strength: 0.5 }, clip: ['loader', 1] } as const;
    const graph = stackedGraph(structuredClone(extra) as never, 2);
    const { inputs, warnings } = await send(graph);
    expect(inputs('stack')).toEqual(graph['stack']!.inputs);
    expect(inputs('sampler')?.['model']).toEqual(['stack', 2]);
    const said = warnings.find(({ code }) => code === 'not-checked');
    expect(said?.message).toMatch(/sampler\.model.*stack\.part_1, stack\.clip/);
  });

  it('has its files’ names in the server’s own spelling', async () => {
    const { inputs, warnings } = await send(
      stackedGraph({ part_1: { file: 'ink/a.safetensors' } }),
    );
    expect(inputs('stack')?.['part_1']).toEqual({ file: 'ink\\a.safetensors' });
    expect(warnings.map(({ code }) => code)).toContain('name-respelled');
  });
});
