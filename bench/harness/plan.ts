import type { JobSnapshot, Plan } from '../../packages/core/src/index.ts';
import type { Job, Outputs } from './types.ts';

/** A job as an executor of ours takes it; only what it reads is filled in. */
export function planOf({ graph, wanted, seed }: Job): Plan {
  const brief = { prompt: '', options: {}, limits: {}, count: 1 } as unknown as Plan['brief'];
  const ids = { id: crypto.randomUUID(), runId: '', flowId: '', hash: '', seed: String(seed) };
  return { ...ids, workflow: graph, outputNodes: wanted, brief };
}

/** File names by node. */
export function filesOf({ outputs }: Pick<JobSnapshot, 'outputs'>): Outputs {
  const files: Outputs = {};
  for (const { nodeId, fileName } of outputs) {
    files[nodeId ?? ''] ??= [];
    files[nodeId ?? '']?.push(fileName);
  }
  return files;
}
