import type { ExecutorBackend, ExecutorScenario } from '../executor/scenario.ts';
import { createTestGraph } from '../test-flow.ts';

/** The graph of a scenario in ComfyUI's own node classes, with what the suite has to know of it. */
export function createScenarioGraph(
  scenario: ExecutorScenario,
): Pick<ExecutorBackend, 'workflow' | 'outputNodes' | 'faultyNode'> {
  if (scenario === 'many-outputs') return manyOutputs();
  const workflow = createTestGraph();
  if (scenario === 'missing-model') {
    workflow['loader']!.inputs['ckpt_name'] = 'none.safetensors';
    return { workflow, faultyNode: 'loader' };
  }
  if (scenario === 'missing-input') {
    delete workflow['decode']!.inputs['samples'];
    return { workflow, faultyNode: 'decode' };
  }
  return scenario === 'fails' ? { workflow, faultyNode: 'sampler' } : { workflow };
}

/** Two savers and a preview of a batch of three. */
function manyOutputs() {
  const images = ['decode', 0] as [string, number];
  const workflow = {
    ...createTestGraph({ latent: { batch_size: 3 }, save: { filename_prefix: 'folder/zebra' } }),
    second: { class_type: 'SaveImage', inputs: { images, filename_prefix: 'ape' } },
    preview: { class_type: 'PreviewImage', inputs: { images } },
  };
  return { workflow, outputNodes: ['save', 'second', 'preview'] };
}
