import { splitPrompt } from '../../brief/split-prompt.ts';
import type { Plan, Workflow } from '../../spec/index.ts';
import { findOutputNodes } from '../../workflow/graph.ts';
import { hashWorkflow } from '../../workflow/write.ts';
import type { ExecutorBackend } from './scenario.ts';

const PROMPT = 'a red apple';
/** By name, in any class: a backend of one's own may have node classes of its own. */
const SEED_INPUTS = ['seed', 'noise_seed'];

/** A plan of the backend's graph with every seed set; nothing in it is shared with the backend. */
export function createPlan(backend: ExecutorBackend, seed: number | bigint = 7): Plan {
  const workflow: Workflow = structuredClone(backend.workflow);
  for (const { inputs } of Object.values(workflow))
    for (const name of SEED_INPUTS)
      if (typeof inputs[name] === 'number' || typeof inputs[name] === 'bigint') inputs[name] = seed;
  return {
    id: globalThis.crypto.randomUUID(),
    runId: globalThis.crypto.randomUUID(),
    flowId: 'conformance',
    workflow,
    outputNodes: [...(backend.outputNodes ?? findOutputNodes(workflow))],
    hash: hashWorkflow(workflow),
    seed: String(seed),
    brief: {
      prompt: PROMPT,
      negative: undefined,
      seed,
      width: undefined,
      height: undefined,
      count: 1,
      parts: splitPrompt(PROMPT),
      limits: {},
      options: {},
    },
  };
}
