import type { CheckedGraph, CheckedNode } from '../runtime/checked-graph.ts';
import type { Limits } from '../runtime/limits.ts';
import type { Task, TaskEvent } from './draw-task.ts';
import type { WireError } from './wire-error.ts';

/** An executor's settings that count where its tasks are drawn. */
export interface WorkerSettings extends Limits {
  cacheBytes: number;
}

/** A task without its node classes, which are functions: the worker has its own. */
export interface WireTask extends Omit<Task, 'graph'> {
  nodes: WireNode[];
  warnings: CheckedGraph['warnings'];
}

type WireNode = Omit<CheckedNode, 'definition'> & { classType: string };

/** What is said to a worker. */
export type ToWorker =
  | {
      type: 'draw';
      id: number;
      task: WireTask;
      isWatched: boolean;
      client: string;
      settings: WorkerSettings;
    }
  /** Nothing more comes from this executor. */
  | { type: 'forget'; client: string }
  | { type: 'watched'; id: number; isWatched: boolean }
  | { type: 'stop'; id: number }
  | { type: 'answer'; ask: number; value: string[] | Uint8Array }
  | { type: 'answer'; ask: number; error: WireError };

/** What a worker says. */
export type FromWorker =
  | { type: 'ready' }
  | { type: 'event'; id: number; event: TaskEvent }
  | { type: 'ended'; id: number; error: WireError | undefined }
  /** Asks for an input file's bytes, or without a name for the names of all. */
  | { type: 'ask'; id: number; ask: number; name: string | undefined };

/** The memory of bytes that nobody else needs and that can change hands without a copy. */
export function ownMemory(bytes: Uint8Array): ArrayBuffer[] {
  const { buffer } = bytes;
  // Small buffers of Node share one memory, which stays here.
  const isWhole = buffer instanceof ArrayBuffer && buffer.byteLength === bytes.byteLength;
  return isWhole ? [buffer] : [];
}
