import type { Plan, Workflow } from '../spec/index.ts';
import { findOutputNodes } from '../workflow/graph.ts';
import { hashWorkflow } from '../workflow/write.ts';
import { createTestBrief } from './test-brief.ts';
import { createTestGraph } from './test-flow.ts';

/**
 * A plan of a graph, as core binds it, for tests of executors: ids of its own, seed 7, the output nodes of core's
 * classes. `changes` replaces fields of it.
 */
export function createTestPlan(
  workflow: Workflow = createTestGraph(),
  changes: Partial<Plan> = {},
): Plan {
  return {
    id: globalThis.crypto.randomUUID(),
    runId: globalThis.crypto.randomUUID(),
    flowId: 'test',
    workflow,
    outputNodes: findOutputNodes(workflow),
    hash: hashWorkflow(workflow),
    seed: '7',
    brief: createTestBrief(),
    ...changes,
  };
}
