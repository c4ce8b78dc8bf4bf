import { ComfygenError, type ErrorCode, type PartRef } from 'comfygen/plugin';

/** One thing that the server found wrong. */
interface Issue {
  code: string;
  nodeId?: string | undefined;
  classType?: string | undefined;
  input?: string | undefined;
  message: string;
}

interface NodeErrors {
  errors?: {
    type?: string;
    message?: string;
    details?: string;
    extra_info?: Record<string, unknown>;
  }[];
  class_type?: string;
}

const WEIGHTS = /\.(safetensors|sft|ckpt|pt|pth|bin|gguf|onnx)$/i;
const UNKNOWN_CLASS = ['missing_node_type', 'invalid_prompt'];

/**
 * Why `POST /prompt` refused a graph, from its body: MISSING_NODE, MISSING_MODEL or MISSING_INPUT where that is
 * what is wrong, else INVALID_WORKFLOW. `details.issues` has each problem with its node.
 */
export function readRefusal(body: unknown, part: PartRef, cause?: unknown): ComfygenError {
  const { error, node_errors = {} } = (body ?? {}) as {
    error?: {
      type?: string;
      message?: string;
      details?: string;
      extra_info?: Record<string, unknown>;
    };
    node_errors?: Record<string, NodeErrors>;
  };
  const issues = Object.entries(node_errors).flatMap(([nodeId, one]) =>
    issuesOf(nodeId, one ?? {}),
  );
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
  const told =
    issues.map(({ message }) => message).join('; ') || error?.message || 'no reason was given';
  const message = `ComfyUI does not take this graph: ${told}`;
  const status = { type: kind || undefined, issues };
  return new ComfygenError(code, message, { part, cause, details: status });
}

function issuesOf(nodeId: string, { errors = [], class_type: classType }: NodeErrors): Issue[] {
  return errors.map(({ type = 'unknown', message = '', details = '', extra_info = {} }) => {
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
