import type { Plan, Workflow } from '../spec/index.ts';
import { findOutputNodes } from '../workflow/graph.ts';
import { hashWorkflow } from '../workflow/write.ts';
import { createTestBrief } from './test-brief.ts';
import { createTestGraph } from './test-flow.ts';

/**
 * A plan of a graph, as core binds it, for tests of executors: ids of its own, seed 7, the output nodes of core's
 * classes. `changes` replaces fields of it. A graph that core would refuse is taken too, since executors must meet
 * such graphs: its hash is that of no graph.
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
    hash: hashOf(workflow),
    seed: '7',
    brief: createTestBrief(),
    ...changes,
  };
}

function hashOf(workflow: Workflow): string {
  try {
    return hashWorkflow(workflow);
  } catch {
    // A circle has no hash.
    return hashWorkflow({});
  }
}
