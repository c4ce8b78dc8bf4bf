import type { JobOutput } from 'comfygen/plugin';
import type { Draw, TaskEvent } from './draw-task.ts';
import { emit, failJob, type Job, setState } from './job.ts';
import { VERSION } from './source.ts';

/** Runs a job to its end. Never rejects: the job's record holds the failure. */
export async function runJob(job: Job, draw: Draw): Promise<void> {
  setState(job, 'running');
  const { graph, plan, strict } = job;
  const task = { graph, workflow: plan.workflow, record: createRecord(job), strict };
  try {
    await draw(task, {
      signal: job.controller.signal,
      tell: (event) => note(job, event),
      isWatched: () => job.listeners.size > 0,
    });
    setState(job, 'succeeded');
  } catch (error) {
    failJob(job, error);
  }
}

// Nothing here may differ between two runs of the same plan: the picture's bytes depend on it.
function createRecord({ plan, models }: Job): { [key: string]: unknown } {
  return {
    schema: 'comfygen/image@1',
    flow: plan.flowId,
    plan: plan.hash,
    seed: plan.seed,
    executor: { name: 'embedded', version: VERSION },
    model: models,
  };
}

/** Writes into a job's record what was told while it was drawn, and tells its watchers. */
function note(job: Job, event: TaskEvent): void {
  if (event.type === 'cached') job.cachedNodes.push(event.nodeId);
  else if (event.type === 'preview') emit(job, { ...event, mediaType: 'image/png' });
  else if (event.type === 'output') {
    const { nodeId, file } = event;
    const index = job.files.push(file) - 1;
    const { fileName, mediaType } = file;
    const ref = { file: index };
    const output: JobOutput = { nodeId, index, kind: 'image', fileName, mediaType, ref };
    job.outputs.push(output);
    emit(job, { type: 'output', output });
  } else {
    if (event.type === 'progress') job.progress = event.progress;
    else job.warnings.push(event.warning);
    emit(job, event);
  }
}
