import { createHash } from 'node:crypto';
import type { Workflow } from 'comfygen/workflow';

/** Where ComfyUI keeps a file that a node made or that was uploaded. */
export interface StoredFile {
  filename: string;
  subfolder: string;
  type: 'output' | 'temp' | 'input';
}

/** `[number, prompt_id, prompt, extra_data, ids of the output nodes]`, as `/queue` and the history show it. */
export type QueueItem = [
  number: number,
  promptId: string,
  prompt: Workflow,
  extraData: Record<string, unknown>,
  outputs: string[],
];

/** What a node shows: `{ images: [file, …] }` and other fields. */
export type NodeOutput = Record<string, unknown>;

/** The history's entry for a job that is over. */
export interface HistoryEntry {
  prompt: QueueItem;
  outputs: Record<string, NodeOutput>;
  status: {
    status_str: 'success' | 'error';
    completed: boolean;
    messages: [event: string, data: Record<string, unknown>][];
  };
  meta: Record<string, unknown>;
}

/** The memory and the disk of a fake server. */
export interface ServerState {
  /** The number that the next prompt gets; refused prompts count too. Starts again with the server. */
  number: number;
  pending: QueueItem[];
  running: QueueItem | undefined;
  /** Id of the node that runs now. */
  node: string | undefined;
  /** Abort it to stop the running job. */
  interrupt: AbortController | undefined;
  history: Map<string, HistoryEntry>;
  /** Bytes by `type/subfolder/filename`. */
  files: Map<string, Uint8Array>;
  /** Results of nodes, by a key of all that they depend on; lost when the server stops. */
  cache: Map<string, NodeOutput | null>;
}

/** The state of a server that has just started; `files` keeps the disk of an earlier one. */
export function createState(files = new Map<string, Uint8Array>()): ServerState {
  return {
    number: 0,
    pending: [],
    running: undefined,
    node: undefined,
    interrupt: undefined,
    history: new Map(),
    files,
    cache: new Map(),
  };
}

/** How many jobs wait or run. */
export function remaining({ pending, running }: ServerState): number {
  return pending.length + (running ? 1 : 0);
}

/** The key of a file in `files`: `type/subfolder/filename`. */
export function fileKey({ type, subfolder, filename }: StoredFile): string {
  return `${type}/${subfolder}/${filename}`;
}

/** Keeps an image under the next free number of its prefix, as SaveImage and PreviewImage do. */
export function saveImage(
  { files }: ServerState,
  bytes: Uint8Array,
  prefix: string,
  type: 'output' | 'temp',
): StoredFile {
  const cut = prefix.lastIndexOf('/');
  const subfolder = cut < 0 ? '' : prefix.slice(0, cut);
  const name = prefix.slice(cut + 1);
  for (let count = 1; ; count += 1) {
    const filename = `${name}_${String(count).padStart(5, '0')}_.png`;
    const file: StoredFile = { filename, subfolder, type };
    if (files.has(fileKey(file))) continue;
    files.set(fileKey(file), bytes);
    return file;
  }
}

/**
 * A key for all that a node's result depends on: its class and inputs, and those of all nodes before it; not their
 * ids.
 */
export function resultKey(workflow: Workflow, id: string): string {
  const node = workflow[id];
  const inputs = Object.entries(node?.inputs ?? {}).map(([name, value]) =>
    Array.isArray(value) && typeof value[0] === 'string' && workflow[value[0]]
      ? [name, resultKey(workflow, value[0]), value[1]]
      : [name, value],
  );
  const text = JSON.stringify([node?.class_type, inputs], (_, item) =>
    typeof item === 'bigint' ? `${item}n` : item,
  );
  return createHash('sha1').update(text).digest('hex');
}
