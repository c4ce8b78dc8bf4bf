import { fileNameOf, kindOfFile, mediaTypeOfName } from 'comfygen/http';
import {
  isObject,
  type JobFailure,
  type JobOutput,
  type JobSnapshot,
  type JsonObject,
  type Warning,
} from 'comfygen/plugin';
import type { JobEnd } from './server-api.ts';

type Message = Record<string, unknown>;

/** The final snapshot of a job that the server's history holds; `hide` takes secrets out of its failure. */
export function readEnd(
  { outputs, status }: JobEnd,
  outputNodes: readonly string[],
  hide: (text: string) => string,
): JobSnapshot {
  const messages = (status?.messages ?? []).filter(isMessage);
  const find = (type: string): Message | undefined =>
    messages.findLast(([name]) => name === type)?.[1];
  const interrupted = find('execution_interrupted');
  const error = find('execution_error');
  const cached = find('execution_cached')?.['nodes'];
  const common = {
    ...readOutputs(outputs, outputNodes),
    timings: timingsOf(messages),
    cachedNodes: Array.isArray(cached) ? cached.map(String) : [],
  };
  if (interrupted) return { state: 'canceled', rawState: 'interrupted', ...common };
  const word = status?.status_str ?? (status?.completed ? 'success' : 'error');
  // A server calls it a success, too, that a circle of links left nodes waiting.
  if (word === 'success' && !error && common.outputs.length > 0)
    return { state: 'succeeded', rawState: word, ...common };
  if (word === 'success' && !error)
    return { state: 'failed', rawState: word, failure: NO_OUTPUT, ...common };
  const failure = readFailure(error ?? {});
  const message = hide(failure.message);
  return { state: 'failed', rawState: word, failure: { ...failure, message }, ...common };
}

const isMessage = (item: unknown): item is [string, Message] =>
  Array.isArray(item) && typeof item[0] === 'string' && isObject(item[1]);

/** The same graph would make none again. */
const NO_OUTPUT: JobFailure = {
  code: 'OUTPUT_MISSING',
  message: 'The job succeeded without a file: the graph may have no node that saves one.',
  retryable: false,
};

function timingsOf(messages: readonly [string, Message][]): JobSnapshot['timings'] {
  const at = (message: [string, Message] | undefined) => Number(message?.[1]['timestamp']);
  const runMs = at(messages.at(-1)) - at(messages.find(([name]) => name === 'execution_start'));
  return Number.isFinite(runMs) ? { runMs: Math.max(0, runMs) } : undefined;
}

/** A server whose memory a job exceeds will not do the same job better a second time. */
const MEMORY = /OutOfMemoryError|out of memory|can't allocate memory/;
/** Other failures that are the server's own: the same job may do on another one, or later. */
const HOST = /illegal memory access|CUDA error/;

function readFailure(error: Message): JobFailure {
  const text = (key: string) => (typeof error[key] === 'string' ? error[key].trim() : '');
  const kind = text('exception_type');
  const reason = text('exception_message').split('\n')[0] || 'the server does not say why';
  const nodeId = text('node_id') || undefined;
  const classType = text('node_type') || undefined;
  const where = classType ? `${classType} (node ${nodeId}) failed` : 'The job failed';
  const message = `${where}: ${kind ? `${kind}: ` : ''}${reason}`;
  const told = `${kind} ${text('exception_message')}`;
  const full = MEMORY.test(told);
  const host = !full && HOST.test(told);
  const code =
    full || host
      ? 'HOST_FAULT'
      : /FileNotFoundError$/.test(kind)
        ? 'MISSING_MODEL'
        : 'EXECUTION_FAILED';
  return { code, message, retryable: host, nodeId, classType };
}

/** What a job made, with what the caller should know of it. */
interface ReadOutputs {
  outputs: JobOutput[];
  warnings: Warning[];
}

interface FoundFile {
  nodeId: string;
  filename: string;
  subfolder: string;
  type: string;
}

/** A text that a node shows, and keeps in no file. */
interface FoundText {
  nodeId: string;
  text: string;
  /** Its place among the node's own. */
  place: number;
}

const isText = (found: FoundFile | FoundText): found is FoundText => 'text' in found;

/**
 * The files and texts of all nodes, those of the plan's output nodes first, in their order. Files that are only kept for
 * a while (PreviewImage) count where there are no others, and where the finished picture is nowhere else: those of
 * the first output node, which lies furthest behind.
 */
function readOutputs(outputs: JobEnd['outputs'], outputNodes: readonly string[]): ReadOutputs {
  const places = new Map(outputNodes.map((id, at) => [id, at]));
  const place = (id: string) => places.get(id) ?? outputNodes.length;
  const nodes = Object.entries(outputs ?? {}).toSorted(([a], [b]) => place(a) - place(b));
  const all = nodes.flatMap(([nodeId, output]) => {
    const files = [...filesOf(nodeId, output ?? {}), ...modelsOf(nodeId, output ?? {})];
    return [...files, ...textsOf(nodeId, output ?? {}, files.length > 0)];
  });
  const files = all.slice(0, MOST_FILES);
  const isKept = (found: FoundFile | FoundText) =>
    isText(found) || found.type !== 'temp' || found.nodeId === outputNodes[0];
  const keepsFiles = files.some((found) => !isText(found) && isKept(found));
  const used = keepsFiles ? files.filter(isKept) : files;
  const left = files.length - used.length;
  const more = all.length - files.length;
  const tooMany = `${more} of ${all.length} files were left out: above ${MOST_FILES} nobody wants them.`;
  const message = `${left} preview ${left === 1 ? 'image was' : 'images were'} left out: the job saved others.`;
  return {
    outputs: used.map((found, index) =>
      isText(found) ? toTextOutput(found, index) : toOutput(found, index),
    ),
    warnings: [
      ...(left > 0 ? [{ code: 'previews-left-out', message, details: { left } }] : []),
      ...(more > 0 ? [{ code: 'files-left-out', message: tooMany, details: { left: more } }] : []),
    ],
  };
}

/** Files of one job that are told: each is fetched. */
const MOST_FILES = 1_000;
/** Objects lie in lists under a key, rarely a level deeper. */
const DEEPEST = 4;

/** Every `{ filename, subfolder, type }` under a node's output, each once: packs choose their own keys. */
function filesOf(nodeId: string, output: unknown, depth = 0): FoundFile[] {
  if (typeof output !== 'object' || output === null || depth > DEEPEST) return [];
  const { filename, subfolder, type } = output as Record<string, unknown>;
  if (typeof filename !== 'string' || filename === '') {
    const found = Object.values(output).flatMap((item) => filesOf(nodeId, item, depth + 1));
    const byKey = new Map<string, FoundFile>();
    for (const file of found) {
      const key = `${file.type}/${file.subfolder}/${file.filename}`;
      if (!byKey.has(key)) byKey.set(key, file);
    }
    return [...byKey.values()];
  }
  return [
    {
      nodeId,
      filename,
      subfolder: typeof subfolder === 'string' ? subfolder : '',
      type: typeof type === 'string' ? type : 'output',
    },
  ];
}

/** The 3D files that a node names by their paths below the folder of outputs, as Preview3D does. */
function modelsOf(nodeId: string, output: object): FoundFile[] {
  const named = Object.entries(output).flatMap(([key, list]) => (key === 'text' ? [] : list));
  return [...new Set(named)].flatMap((path) => {
    const [filename = '', ...folders] = String(path).split(/[/\\]/).reverse();
    const isModel = typeof path === 'string' && mediaTypeOfName(filename)?.startsWith('model/');
    const subfolder = folders.reverse().join('/');
    return isModel ? [{ nodeId, filename, subfolder, type: 'output' }] : [];
  });
}

/**
 * The texts under a node's output: the list `text`, as the server's own nodes have it. Of a node that has neither that
 * nor files, every list of texts, since packs choose their own keys.
 */
function textsOf(nodeId: string, output: object, hasFiles: boolean): FoundText[] {
  const lists = Object.values('text' in output ? { text: output.text } : hasFiles ? {} : output)
    .map((list) => (Array.isArray(list) ? list.flat(DEEPEST) : [list]))
    .filter((list) => list.every((item) => typeof item === 'string'));
  return lists.flat().map((text, place) => ({ nodeId, text: text as string, place }));
}

function toTextOutput({ nodeId, text, place }: FoundText, index: number): JobOutput {
  const fileName = fileNameOf(`text-${nodeId}${place > 0 ? `-${place + 1}` : ''}.txt`);
  return { nodeId, index, kind: 'text', fileName, mediaType: 'text/plain', ref: { text } };
}

function toOutput({ nodeId, filename, subfolder, type }: FoundFile, index: number): JobOutput {
  const mediaType = mediaTypeOfName(filename) ?? null;
  const ref: JsonObject = { filename, subfolder, type };
  const fileName = fileNameOf(filename);
  return { nodeId, index, kind: kindOfFile(fileName), fileName, mediaType, ref };
}
