import type { JobEntry, RunRecord } from '../../spec/index.ts';

/** A record of a run without images, as core keeps it; `changes` replaces fields of it. */
export function createTestRecord(runId: string, changes: Partial<RunRecord> = {}): RunRecord {
  const prompt = changes.prompt ?? 'a red apple 🍎';
  return {
    schema: 'comfygen/record@1',
    runId,
    at: 1_000,
    prompt,
    brief: { prompt, seed: '18446744073709551615' },
    labels: ['fruit'],
    selector: 'rules',
    probabilities: { one: 1 },
    choiceSeed: 0,
    flowId: 'one',
    planHash: 'sha256:00',
    executor: 'embedded',
    scorer: null,
    images: [],
    feedback: [],
    timings: { selectMs: 1, executeMs: 2, scoreMs: 3, totalMs: 6 },
    warnings: [],
    versions: { comfygen: '0.1.0' },
    ...changes,
  };
}

/** What is kept of a job of the run `run`. */
export function createTestEntry(planId: string, state: JobEntry['state'] = 'queued'): JobEntry {
  const ref = { executor: 'embedded', id: planId, submittedAt: 1, data: { page: 'ä' } };
  return { ref, runId: 'run', planId, flowId: 'one', state };
}
