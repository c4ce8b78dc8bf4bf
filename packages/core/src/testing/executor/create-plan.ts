import type { Plan, Workflow } from '../../spec/index.ts';
import { createTestBrief } from '../test-brief.ts';
import { createTestPlan } from '../test-plan.ts';
import type { ExecutorBackend } from './scenario.ts';

/** By name, in any class: a backend of one's own may have node classes of its own. */
const SEED_INPUTS = ['seed', 'noise_seed'];

/** A plan of the backend's graph with every seed set; nothing in it is shared with the backend. */
export function createPlan(backend: ExecutorBackend, seed: number | bigint = 7): Plan {
  const workflow: Workflow = structuredClone(backend.workflow);
  for (const { inputs } of Object.values(workflow))
    for (const name of SEED_INPUTS)
      if (typeof inputs[name] === 'number' || typeof inputs[name] === 'bigint') inputs[name] = seed;
  return createTestPlan(workflow, {
    flowId: 'conformance',
    seed: String(seed),
    brief: createTestBrief('a red apple', { seed }),
    ...(backend.outputNodes && { outputNodes: [...backend.outputNodes] }),
  });
}
