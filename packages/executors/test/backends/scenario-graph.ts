import type { Workflow } from 'comfygen/plugin';
import {
  createTestClock,
  createTestGraph,
  type ExecutorBackend,
  type ExecutorScenario,
  type MadeFile,
} from 'comfygen/testing';
import { coreCatalogue } from 'comfygen/workflow/catalogue';
import { paintJob } from '../../src/testing/paint-job.ts';
import { manyOutputs } from '../comfyui/graphs.ts';

/** The graph of a scenario, with what the suite has to know of it. */
export function scenarioGraph(
  scenario: ExecutorScenario,
): Pick<ExecutorBackend, 'workflow' | 'outputNodes' | 'faultyNode' | 'filesOf'> {
  const workflow = createTestGraph();
  if (scenario === 'many-outputs')
    return { workflow: manyOutputs(), outputNodes: ['save', 'second', 'preview'], filesOf };
  if (scenario === 'missing-model') {
    workflow['loader']!.inputs['ckpt_name'] = 'none.safetensors';
    return { workflow, faultyNode: 'loader' };
  }
  if (scenario === 'missing-input') {
    delete workflow['decode']!.inputs['samples'];
    return { workflow, faultyNode: 'decode' };
  }
  if (scenario === 'fails') return { workflow, faultyNode: 'sampler' };
  return { workflow, filesOf };
}

/** The pictures that a graph makes on any of the fakes. */
async function filesOf(workflow: Workflow): Promise<MadeFile[]> {
  const files = await paintJob(workflow, {
    clock: createTestClock(),
    info: coreCatalogue,
    timeline: {},
    signal: new AbortController().signal,
  });
  return files
    .filter(({ temp }) => !temp)
    .map(({ nodeId, bytes }) => ({ nodeId, bytes: new Uint8Array(bytes) }));
}
