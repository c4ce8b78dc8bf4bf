import type { JobProgress, Plan } from 'comfygen/plugin';

/** The socket messages that are used here, as objects. */
export type ServerEvent =
  | { type: 'status'; remaining: number }
  /** `tellsCached`: the history holds nothing of a cached node that no event has told. */
  | { type: 'features'; tellsCached: boolean }
  | { type: 'start'; promptId: string; timestamp: unknown }
  | { type: 'cached'; promptId: string; nodes: string[] }
  | { type: 'executing'; promptId: string; node: string | null }
  | { type: 'step'; promptId: string; node: string; value: number; max: number }
  | { type: 'nodes'; promptId: string; nodes: NodeProgress[] }
  | { type: 'executed'; promptId: string; node: string; output: unknown }
  | { type: 'success'; promptId: string; timestamp: unknown }
  /** It failed, was interrupted, or a node of it can't run. */
  | { type: 'trouble'; promptId: string }
  | {
      type: 'preview';
      promptId: string | undefined;
      node: string | undefined;
      mediaType: string;
      bytes: Uint8Array;
    };

/** The progress of one node. */
interface NodeProgress {
  id: string;
  value: number;
  max: number;
  finished: boolean;
}

/** The event in a socket message, whose JSON may have been read already; `undefined` for messages that are not used here, and for garbled ones. */
export function readMessage(data: unknown): ServerEvent | undefined {
  if (data instanceof ArrayBuffer) return readFrame(new Uint8Array(data));
  if (ArrayBuffer.isView(data))
    return readFrame(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  try {
    const { type, data: body } = (typeof data === 'string' ? JSON.parse(data) : data) as {
      type: string;
      data: Record<string, unknown>;
    };
    return readText(type, body);
  } catch {
    return undefined;
  }
}

function readText(type: string, data: Record<string, unknown>): ServerEvent | undefined {
  if (type === 'status') {
    const { exec_info: info } = data['status'] as { exec_info: { queue_remaining: number } };
    return { type: 'status', remaining: info.queue_remaining };
  }
  // Servers from before that flag keep files of cached nodes in the history without a word.
  if (type === 'feature_flags')
    return { type: 'features', tellsCached: data['supports_model_type_tags'] !== undefined };
  const promptId = data['prompt_id'];
  const { timestamp } = data;
  // The catch-up after a reconnect names no job.
  if (typeof promptId !== 'string') return undefined;
  switch (type) {
    case 'execution_start':
      return { type: 'start', promptId, timestamp };
    case 'execution_cached':
      return { type: 'cached', promptId, nodes: (data['nodes'] as unknown[]).map(String) };
    case 'executing':
      return {
        type: 'executing',
        promptId,
        node: data['node'] === null ? null : String(data['node']),
      };
    case 'progress': {
      const [value, max] = [Number(data['value']), Number(data['max'])];
      return { type: 'step', promptId, node: String(data['node']), value, max };
    }
    case 'progress_state':
      return { type: 'nodes', promptId, nodes: readNodes(data['nodes']) };
    case 'executed':
      return { type: 'executed', promptId, node: String(data['node']), output: data['output'] };
    case 'execution_success':
      return { type: 'success', promptId, timestamp };
    case 'execution_error':
    case 'execution_interrupted':
      return { type: 'trouble', promptId };
    default:
      return undefined;
  }
}

function readNodes(nodes: unknown): NodeProgress[] {
  const entries = Object.entries(nodes as Record<string, Record<string, unknown>>);
  return entries.map(([id, { value, max, state }]) => ({
    id,
    value: Number(value),
    max: Number(max),
    finished: state === 'finished',
  }));
}

/** Big-endian: u32 type; 1 is followed by a u32 format, 4 by a u32 length and JSON. Others are no images. */
function readFrame(bytes: Uint8Array): ServerEvent | undefined {
  if (bytes.length < 8) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [type, second] = [view.getUint32(0), view.getUint32(4)];
  if (type === 1) {
    const mediaType = second === 2 ? 'image/png' : 'image/jpeg';
    return {
      type: 'preview',
      promptId: undefined,
      node: undefined,
      mediaType,
      bytes: bytes.slice(8),
    };
  }
  if (type !== 4 || bytes.length < 8 + second) return undefined;
  try {
    const text = new TextDecoder().decode(bytes.subarray(8, 8 + second));
    const { prompt_id, node_id, image_type } = JSON.parse(text) as Record<
      string,
      string | undefined
    >;
    const mediaType = image_type ?? 'image/jpeg';
    return {
      type: 'preview',
      promptId: prompt_id,
      node: node_id,
      mediaType,
      bytes: bytes.slice(8 + second),
    };
  } catch {
    return undefined;
  }
}

/** How much of a job a node stands for: samplers take most of the time. */
const SAMPLER = 20;

/** Computes a job's progress from what its nodes report. */
export interface ProgressMeter {
  /** The latest progress; `undefined` before the first report. */
  readonly last: JobProgress | undefined;
  cached(ids: readonly string[]): JobProgress;
  start(id: string): JobProgress;
  step(id: string, value: number, max: number): JobProgress;
  /** Takes the server's list of nodes so far. The new progress; `undefined` where the list holds nothing new. */
  nodes(list: readonly NodeProgress[]): JobProgress | undefined;
}

/** A meter for a graph; its fraction never falls. Nodes that a node expands into are left out. */
export function createProgressMeter(workflow: Plan['workflow']): ProgressMeter {
  const weights = new Map(
    Object.entries(workflow).map(([id, { class_type }]) => [
      id,
      /Sampler(?!Select)/.test(class_type) ? SAMPLER : 1,
    ]),
  );
  const total = [...weights.values()].reduce((sum, weight) => sum + weight, 0) || 1;
  const done = new Map<string, number>();
  let node: string | undefined;
  let steps: { step?: number; steps?: number } = {};
  let fraction = 0;
  let last: JobProgress | undefined;

  const mark = (id: string, share: number) => {
    if (weights.has(id)) done.set(id, Math.max(done.get(id) ?? 0, Math.min(1, share)));
  };
  const tell = (): JobProgress => {
    const sum = [...done].reduce((all, [id, share]) => all + share * (weights.get(id) ?? 0), 0);
    fraction = Math.max(fraction, Math.min(1, sum / total));
    const classType = node === undefined ? undefined : workflow[node]?.class_type;
    last = { fraction, node, classType, ...steps };
    return last;
  };
  return {
    get last() {
      return last;
    },
    cached(ids) {
      for (const id of ids) mark(id, 1);
      return tell();
    },
    start(id) {
      // Older servers don't say when a node is done: the next one says it.
      if (node !== undefined && node !== id) mark(node, 1);
      node = id;
      steps = {};
      return tell();
    },
    step(id, value, max) {
      if (max > 0) mark(id, value / max);
      node = id;
      if (max > 1) steps = { step: value, steps: max };
      return tell();
    },
    nodes(list) {
      const before = fraction;
      for (const { id, value, max, finished } of list)
        mark(id, finished ? 1 : max > 0 ? value / max : 0);
      const now = tell();
      return now.fraction > before ? now : undefined;
    },
  };
}
