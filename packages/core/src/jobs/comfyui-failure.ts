import { z } from 'zod';
import { ERROR_CODES, type ErrorCode } from '../errors/codes.ts';
import type { JobFailure } from '../spec/index.ts';

/** What an error's words say, those of Python and ComfyUI first. */
const WORDS: [ErrorCode, RegExp][] = [
  ['HOST_FAULT', /out of memory|outofmemory|cuda error|no kernel image|allocation on device/i],
  ['SERVER_DEADLINE', /time[d _-]?(limit|out)|deadline|executionTimeout/i],
  [
    'MISSING_MODEL',
    /(filenotfound|no such file|not found|does not exist).*\.(safetensors|sft|ckpt|pth?|gguf|onnx|bin)\b/is,
  ],
  ['MISSING_INPUT', /invalid (image|video|audio|mask) file|missing_asset|input images?$/i],
  [
    'HOST_FAULT',
    /not reachable|unreachable|websocket|connection (closed|refused|reset)|http communication|without confirmation|upstream|internal error|unexpected error|worker (died|exited|lost|crashed)|preempt|not found in history/i,
  ],
];

/** The error code that a failed job's error text stands for; EXECUTION_FAILED where the text tells nothing more. */
export function codeOfText(text: string): ErrorCode {
  return WORDS.find(([, words]) => words.test(text))?.[0] ?? 'EXECUTION_FAILED';
}

/**
 * The failure that a text stands for, such as the `error` of a job: its code, and whether another try may do better.
 */
export function failureOfText(text: string): JobFailure {
  const code = codeOfText(text);
  const message = text.trim() || 'The job failed, and the service does not say why.';
  return { code, message, retryable: ERROR_CODES[code].retryable };
}

const text = z.string().catch('');
const promptError = z.object({
  type: text,
  message: text,
  details: text,
  extra_info: z.record(z.string(), z.unknown()).catch({}),
});
const nodeError = z.object({ class_type: text, errors: z.array(promptError).catch([]) });

/** One thing that ComfyUI says against a graph. */
export interface PromptProblem {
  type: string;
  message: string;
  details: string;
  nodeId?: string | undefined;
  classType?: string | undefined;
  input?: string | undefined;
}

const MODEL_FILE = /\.(safetensors|sft|ckpt|pth?|bin|onnx|gguf|torchscript|engine|patch)['"]?$/i;
/** Inputs that name a file of the input folder. */
const FILE_INPUT = /^(image|video|audio|mask|file|upload)$/;

/**
 * Why ComfyUI refused a graph, from the `error` and `node_errors` of its answer. The first node that lacks
 * something gives code and node; `undefined` where neither says anything.
 */
export function promptFailure(error: unknown, nodeErrors: unknown): JobFailure | undefined {
  const byNode = z.record(z.string(), nodeError).catch({}).parse(nodeErrors);
  const problems = Object.entries(byNode).flatMap(([nodeId, { class_type: classType, errors }]) =>
    errors.map(
      ({ type, message, details, extra_info }): PromptProblem => ({
        ...{ type, message, details, nodeId, classType },
        input: text.parse(extra_info['input_name']) || undefined,
      }),
    ),
  );
  const whole = promptError.safeParse(error);
  if (whole.success && problems.length === 0) {
    const { type, message, details, extra_info: info } = whole.data;
    const nodeId = text.parse(info['node_id']) || undefined;
    const classType = text.parse(info['class_type']) || undefined;
    if (type || message) problems.push({ type, message, details, nodeId, classType });
  }
  return failureOfProblems(problems);
}

/** The failure to report for these problems: the first of something missing, else the first; `undefined` for none. */
export function failureOfProblems(problems: readonly PromptProblem[]): JobFailure | undefined {
  const coded = problems.map((problem) => ({ problem, code: codeOf(problem) }));
  const first = coded.find(({ code }) => code !== 'INVALID_WORKFLOW') ?? coded[0];
  if (first === undefined) return undefined;
  const { type, message, details, nodeId: named, classType: told } = first.problem;
  // Older versions name node and class in their sentences only.
  const nodeId = named ?? /#([^\s']+)/.exec(details)?.[1];
  const classType = told ?? /node '?(.+?)'? (?:does not exist|not found)/i.exec(message)?.[1];
  const where = nodeId === undefined ? '' : ` (node ${nodeId}${classType ? `, ${classType}` : ''})`;
  const what = [message || type, details].filter(Boolean).join(': ');
  return {
    code: first.code,
    message: `ComfyUI refused the workflow: ${what}${where}`,
    retryable: false,
    nodeId,
    classType,
  };
}

function codeOf({ type, message, details, input = '' }: PromptProblem): JobFailure['code'] {
  const told = `${type} ${message}`;
  if (/missing_node_type|\bnode\b.*(does not exist|not found)/i.test(told)) return 'MISSING_NODE';
  if (/required_input_missing|required input is missing/i.test(told)) return 'MISSING_INPUT';
  if (/invalid (image|video|audio|mask) file/i.test(`${message} ${details}`))
    return 'MISSING_INPUT';
  if (!/value_not_in_list|value not in list/i.test(told)) return 'INVALID_WORKFLOW';
  const { name = input, value = '' } =
    /^(?<name>\w+): (?<value>.+?) not in /.exec(details)?.groups ?? {};
  if (MODEL_FILE.test(value)) return 'MISSING_MODEL';
  if (FILE_INPUT.test(name)) return 'MISSING_INPUT';
  // Samplers are named too, but are no files.
  const isFile = /_name\d?$/.test(name) && !/sampler|scheduler/.test(name);
  return isFile ? 'MISSING_MODEL' : 'INVALID_WORKFLOW';
}

const execution = z.object({
  node_id: z.union([z.string(), z.number()]).nullish().catch(undefined),
  node_type: z.string().nullish().catch(undefined),
  exception_type: text,
  exception_message: text,
});

/** Why a node failed, from ComfyUI's `execution_error`; `undefined` where the data tell of none. */
export function executionFailure(data: unknown): JobFailure | undefined {
  const read = execution.safeParse(data);
  if (!read.success) return undefined;
  const { node_id, node_type, exception_type: kind, exception_message: told } = read.data;
  if (!kind && !told) return undefined;
  const nodeId = node_id === null || node_id === undefined ? undefined : String(node_id);
  const classType = node_type ?? undefined;
  const named = classType ? ` (${classType})` : '';
  const where = nodeId === undefined ? '' : ` in node ${nodeId}${named}`;
  const words = [kind, told.trim()].filter(Boolean).join(': ');
  return { ...failureOfText(words), message: words + where, nodeId, classType };
}
