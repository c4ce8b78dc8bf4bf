import type { Flow } from '../spec/index.ts';
import { createTestFlow, createTestGraph } from './test-flow.ts';

/** Four small flows that differ in what they are good for. */
export function exampleFlows(): Flow[] {
  return [
    exampleFlow('plain', 20, ['photorealistic']),
    exampleFlow('two-objects', 24, ['two-objects']),
    exampleFlow('fast', 4, ['fast', 'anime']),
    exampleFlow('detailed', 50, ['high-detail', 'landscape']),
  ];
}

function exampleFlow(id: string, steps: number, tags: string[]): Flow {
  return createTestFlow(id, { tags, workflow: createTestGraph({ sampler: { steps } }) });
}
