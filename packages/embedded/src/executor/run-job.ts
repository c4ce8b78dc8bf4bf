import { ComfygenError, type JobOutput } from 'comfygen/plugin';
import { encodeRgbPng } from '../image/png.ts';
import type { Limits } from '../runtime/limits.ts';
import type { InputFiles } from '../runtime/node-definition.ts';
import type { ResultCache } from '../runtime/result-cache.ts';
import { type RunObserver, runGraph } from '../runtime/run-graph.ts';
import { emit, failJob, fileBytes, type Job, setState } from './job.ts';
import { VERSION } from './source.ts';

/** What all jobs of one executor share. */
export interface Workshop {
  inputFiles: InputFiles;
  cache: ResultCache;
  limits: Limits;
}

/** Runs a job to its end. Never rejects: the job's record holds the failure. */
export async function runJob(job: Job, workshop: Workshop): Promise<void> {
  setState(job, 'running');
  try {
    await runGraph(job.graph, {
      ...workshop,
      library: job.library,
      workflow: job.plan.workflow,
      record: createRecord(job),
      signal: job.controller.signal,
      observer: createObserver(job),
    });
    setState(job, 'succeeded');
  } catch (error) {
    failJob(job, error);
  }
}

// Nothing here may differ between two runs of the same plan: the picture's bytes depend on it.
function createRecord({ plan, library }: Job): { [key: string]: unknown } {
  return {
    schema: 'comfygen/image@1',
    flow: plan.flowId,
    plan: plan.hash,
    seed: plan.seed,
    executor: { name: 'embedded', version: VERSION },
    model: library.description,
  };
}

function createObserver(job: Job): RunObserver {
  return {
    progress(progress) {
      job.progress = progress;
      emit(job, { type: 'progress', progress });
    },
    wantsPreviews: () => job.listeners.size > 0,
    preview(nodeId, { width, height, rgb }) {
      const bytes = encodeRgbPng(width, height, rgb);
      emit(job, { type: 'preview', bytes, mediaType: 'image/png', nodeId });
    },
    output(nodeId, file) {
      const index = job.files.push(file) - 1;
      const { fileName, mediaType } = file;
      const ref = { file: index };
      const output: JobOutput = { nodeId, index, kind: 'image', fileName, mediaType, ref };
      job.outputs.push(output);
      emit(job, { type: 'output', output });
    },
    fileBytes: () => fileBytes(job),
    warning(warning) {
      job.warnings.push(warning);
      emit(job, { type: 'warning', warning });
      if (job.strict && warning.code === 'unknown-words') {
        throw new ComfygenError('UNKNOWN_WORDS', warning.message, {
          details: warning.details as Record<string, unknown>,
        });
      }
    },
    cached: (nodeId) => job.cachedNodes.push(nodeId),
  };
}
