import {
  ComfygenError,
  type JobProgress,
  untilAborted,
  type Warning,
  type Workflow,
} from 'comfygen/plugin';
import { encodeRgbPng } from '../image/png.ts';
import type { ModelLibrary } from '../model/types.ts';
import type { CheckedGraph } from '../runtime/checked-graph.ts';
import type { Limits } from '../runtime/limits.ts';
import type { InputFiles, NodeFile } from '../runtime/node-definition.ts';
import type { ResultCache } from '../runtime/result-cache.ts';
import { type RunObserver, runGraph } from '../runtime/run-graph.ts';

/** What is to be drawn: a checked graph, and what is written into its files. */
export interface Task {
  graph: CheckedGraph;
  workflow: Workflow;
  record: { [key: string]: unknown };
  /** Whether words that the model does not know are an error. */
  strict: boolean;
}

/** What is told while a task is drawn. */
export type TaskEvent =
  | { type: 'progress'; progress: JobProgress }
  | { type: 'preview'; nodeId: string; bytes: Uint8Array }
  | { type: 'output'; nodeId: string; file: NodeFile }
  | { type: 'warning'; warning: Warning }
  | { type: 'cached'; nodeId: string };

/** What whoever asks for a task has besides it. */
export interface TaskContext {
  signal: AbortSignal;
  tell(event: TaskEvent): void;
  /** Whether anybody looks at previews; if not, none are made. */
  isWatched(): boolean;
}

/** Draws a task. Resolves once all its files are told; rejects as soon as the signal aborts. */
export type Draw = (task: Task, context: TaskContext) => Promise<void>;

/** What the tasks of one executor share. */
export interface Workshop {
  openLibrary(): Promise<ModelLibrary>;
  inputFiles: InputFiles;
  cache: ResultCache;
  limits: Limits;
}

/** Draws on this thread, in slices between which others run. */
export async function drawTask(
  task: Task,
  { openLibrary, ...shared }: Workshop,
  context: TaskContext,
): Promise<void> {
  const { graph, strict, ...rest } = task;
  await runGraph(graph, {
    ...shared,
    ...rest,
    library: await untilAborted(context.signal, openLibrary),
    signal: context.signal,
    observer: createObserver(strict, context),
  });
}

function createObserver(strict: boolean, { tell, isWatched }: TaskContext): RunObserver {
  let fileBytes = 0;
  return {
    progress: (progress) => tell({ type: 'progress', progress }),
    wantsPreviews: isWatched,
    preview(nodeId, { width, height, rgb }) {
      tell({ type: 'preview', nodeId, bytes: encodeRgbPng(width, height, rgb) });
    },
    output(nodeId, file) {
      fileBytes += file.bytes.byteLength;
      tell({ type: 'output', nodeId, file });
    },
    fileBytes: () => fileBytes,
    warning(warning) {
      tell({ type: 'warning', warning });
      if (strict && warning.code === 'unknown-words') {
        throw new ComfygenError('UNKNOWN_WORDS', warning.message, {
          details: warning.details as Record<string, unknown>,
        });
      }
    },
    cached: (nodeId) => tell({ type: 'cached', nodeId }),
  };
}
