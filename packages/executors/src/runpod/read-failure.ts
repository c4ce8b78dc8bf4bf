import { failureOfText, promptFailure } from 'comfygen/http';
import type { JobFailure } from 'comfygen/plugin';
import { z } from 'zod';

const EXECUTION = /Workflow execution error: Node Type: (.*?), Node ID: (.*?), Message: (.*)/s;
const BAD_REQUEST =
  /missing 'workflow' parameter|please provide input|invalid json format|'images' must be/i;
const VALIDATION = /validation failed|raw response: /i;
const NO_MODEL = /required model or parameter is not available/i;

/** The failure of a job, from the texts that worker-comfyui and RunPod give. */
export function readFailure(error: unknown, details: readonly string[]): JobFailure {
  const text = [messageOf(error), ...details].filter(Boolean).join('\n').trim();
  const [, classType, nodeId, told] = EXECUTION.exec(text) ?? [];
  if (told !== undefined) {
    const message = `${told.trim()} in node ${nodeId} (${classType})`;
    return { ...failureOfText(told), message, nodeId, classType };
  }
  const message = text || 'The job failed, and RunPod does not say why.';
  if (BAD_REQUEST.test(text)) return { code: 'INVALID_WORKFLOW', message, retryable: false };
  if (/failed to upload one or more input images/i.test(text))
    return { code: 'MISSING_INPUT', message, retryable: false };
  if (NO_MODEL.test(text)) return { code: 'MISSING_MODEL', message, retryable: false };
  if (VALIDATION.test(text)) return readValidation(text);
  return { ...failureOfText(text), message };
}

/** A handler's exception comes as JSON in a text. */
function messageOf(error: unknown): string {
  if (typeof error !== 'string')
    return error === undefined || error === null ? '' : JSON.stringify(error);
  try {
    const { error_message, error_type } = handlerError.parse(JSON.parse(error));
    return `${error_type}: ${error_message}`;
  } catch {
    return error;
  }
}

const handlerError = z.object({ error_type: z.string().catch(''), error_message: z.string() });

/** The verdict of the ComfyUI inside: as JSON, or in lines in which Python printed it. */
function readValidation(text: string): JobFailure {
  const { error, node_errors } = rawVerdict(text) ?? { node_errors: printedErrors(text) };
  const failure = promptFailure(error, node_errors);
  const other = { code: 'INVALID_WORKFLOW', retryable: false };
  return { ...(failure ?? other), message: text };
}

function rawVerdict(text: string): { error?: unknown; node_errors?: unknown } | undefined {
  const raw = /raw response: (\{.*\})/is.exec(text)?.[1];
  try {
    return raw === undefined ? undefined : JSON.parse(raw);
  } catch {
    return undefined;
  }
}

const NODE_LINE = /Node (\S+) \((errors|class_type)\): (.*)/g;

/** `• Node 4 (errors): [{'type': 'value_not_in_list', …}]`, a line for each of ComfyUI's own fields. */
function printedErrors(text: string): unknown {
  const nodes: Record<string, { class_type?: string; errors: object[] }> = {};
  for (const [, id = '', field, value = ''] of text.matchAll(NODE_LINE)) {
    nodes[id] ??= { errors: [] };
    if (field === 'class_type') nodes[id].class_type = value.trim();
    else nodes[id].errors.push(...value.split(/(?='type': )/).flatMap(printedError));
  }
  return nodes;
}

function printedError(text: string): object[] {
  const read = (name: string) => {
    const [, single, double] =
      new RegExp(`'${name}': (?:'((?:[^'\\\\]|\\\\.)*)'|"((?:[^"\\\\]|\\\\.)*)")`).exec(text) ?? [];
    return single ?? double;
  };
  const type = read('type');
  if (type === undefined) return [];
  const extra_info = { input_name: read('input_name'), received_value: read('received_value') };
  return [{ type, message: read('message') ?? '', details: read('details') ?? '', extra_info }];
}
