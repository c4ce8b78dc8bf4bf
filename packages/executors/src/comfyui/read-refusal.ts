import { type Answer, excerpt } from 'comfygen/http';
import { ComfygenError, type ErrorCode, type PartRef } from 'comfygen/plugin';
import { z } from 'zod';
import { parsePythonJson } from './server-api.ts';

/** One thing that the server found wrong. */
interface Issue {
  code: string;
  nodeId?: string | undefined;
  classType?: string | undefined;
  input?: string | undefined;
  message: string;
}

const problemSchema = z.looseObject({
  type: z.string().nullish(),
  message: z.string().nullish(),
  details: z.string().nullish(),
  extra_info: z.record(z.string(), z.unknown()).nullish(),
});
const nodeSchema = z.looseObject({
  errors: z.array(problemSchema).nullish(),
  class_type: z.string().nullish(),
});
// What a proxy answers in the server's place is no reason to fail in another way.
const refusalSchema = z.looseObject({
  error: z
    .union([
      problemSchema,
      z.string().transform((message): z.output<typeof problemSchema> => ({ message })),
    ])
    .nullish()
    .catch(null),
  node_errors: z.record(z.string(), nodeSchema).nullish().catch(null),
});

const WEIGHTS = /\.(safetensors|sft|ckpt|pt|pth|bin|gguf|onnx)$/i;
const UNKNOWN_CLASS = ['missing_node_type', 'invalid_prompt'];

/**
 * The error for a graph that `POST /prompt` refused, from the answer's body: MISSING_NODE, MISSING_MODEL or
 * MISSING_INPUT where that is the reason, else INVALID_WORKFLOW. `details.issues` has each problem with its node.
 */
export function readRefusal(
  answer: Pick<Answer, 'text'>,
  part: PartRef,
  hide: (text: string) => string,
): ComfygenError {
  const text = hide(answer.text());
  const { error, node_errors } = readBody(text);
  const issues = Object.entries(node_errors ?? {}).flatMap(([id, node]) => issuesOf(id, node));
  const kind = error?.type ?? '';
  const extra = error?.extra_info ?? {};
  let code = codeOf(issues);
  if (UNKNOWN_CLASS.includes(kind)) {
    code = 'MISSING_NODE';
    const nodeId = textOf(extra['node_id']);
    const classType = textOf(extra['class_type']);
    issues.push({
      code: kind,
      nodeId,
      classType,
      message: `${error?.message} ${error?.details ?? ''}`.trim(),
    });
  }
  const whole = error?.message || excerpt(text) || 'no reason was given';
  const reasons = issues.map(({ message }) => message).join('; ') || whole;
  const message = `ComfyUI does not take this graph: ${reasons}`;
  const status = { type: kind || undefined, issues };
  return new ComfygenError(code, message, { part, details: status });
}

function readBody(text: string): z.output<typeof refusalSchema> {
  try {
    return refusalSchema.parse(parsePythonJson(text));
  } catch {
    return {};
  }
}

function issuesOf(nodeId: string, { errors, class_type }: z.output<typeof nodeSchema>): Issue[] {
  const classType = class_type ?? undefined;
  return (errors ?? []).map((problem) => {
    const type = problem.type ?? 'unknown';
    const extra_info = problem.extra_info ?? {};
    const { message, details } = problem;
    const input = textOf(extra_info['input_name']);
    const where = `${classType ?? 'node'} ${nodeId}${input ? `.${input}` : ''}`;
    const value = extra_info['received_value'];
    const model = type === 'value_not_in_list' && typeof value === 'string' && WEIGHTS.test(value);
    return {
      code: model ? 'missing_model' : type,
      nodeId,
      classType,
      input,
      message: `${where}: ${[message, details].filter(Boolean).join(': ')}`,
    };
  });
}

function codeOf(issues: readonly Issue[]): ErrorCode {
  const has = (...codes: string[]) => issues.some(({ code }) => codes.includes(code));
  if (has('missing_model')) return 'MISSING_MODEL';
  const image = issues.some(
    ({ code, message }) =>
      code === 'custom_validation_failed' && /Invalid image file/.test(message),
  );
  return image || has('required_input_missing') ? 'MISSING_INPUT' : 'INVALID_WORKFLOW';
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
