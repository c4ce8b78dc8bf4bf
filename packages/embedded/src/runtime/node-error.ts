import { ComfygenError, type ErrorCode } from 'comfygen/plugin';

/** An error about one node of the graph; its id and class are in `details`. */
export function createNodeError(
  code: ErrorCode,
  nodeId: string,
  classType: string,
  message: string,
  details: Record<string, unknown> = {},
  cause?: unknown,
): ComfygenError {
  return new ComfygenError(code, `Node ${nodeId} (${classType}): ${message}`, {
    details: { ...details, nodeId, classType },
    cause,
  });
}

/** The error that a node threw, with the node's id and class; EXECUTION_FAILED for an error without a code. */
export function toNodeError(error: unknown, nodeId: string, classType: string): ComfygenError {
  if (ComfygenError.is(error)) {
    if (error.details['nodeId'] === nodeId) return error;
    return createNodeError(error.code, nodeId, classType, error.message, error.details, error);
  }
  const reason = error instanceof Error ? error.message : String(error);
  return createNodeError('EXECUTION_FAILED', nodeId, classType, reason, {}, error);
}
