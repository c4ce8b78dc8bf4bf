import { ComfygenError } from '../errors/comfygen-error.ts';
import type { InputValue } from '../spec/index.ts';
import { isObject } from '../util/is-object.ts';

const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype']);
const MAX_SEED = 2n ** 64n - 1n;
const MAX_DEPTH = 64;

/** A copy of an input's value, with each integer in its one form: `bigint` only where a number is inexact. */
export function parseValue(value: unknown, nodeId: string, input: string, depth = 0): InputValue {
  const at = `Node ${nodeId}.${input}`;
  if (depth > MAX_DEPTH) {
    throw invalid(`${at} is nested deeper than ${MAX_DEPTH} levels`, { nodeId, input });
  }
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'bigint' || typeof value === 'number') {
    const problem = typeof value === 'bigint' ? checkBigint(value) : checkNumber(value);
    if (problem !== undefined) throw invalid(`${at} ${problem}`, { nodeId, input });
    // JSON writes -0 as 0, so a copy that kept it would not be what is read back.
    return Number.isSafeInteger(Number(value)) ? Number(value) || 0 : value;
  }
  const inner = (item: unknown) => parseValue(item, nodeId, input, depth + 1);
  if (Array.isArray(value)) return value.map(inner);
  if (isObject(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [checkKey(key, nodeId), inner(item)]),
    );
  }
  throw invalid(`${at} is a value of type ${typeof value}, which JSON can't hold`, {
    nodeId,
    input,
  });
}

function checkBigint(value: bigint): string | undefined {
  if (value <= MAX_SEED && value >= -(2n ** 63n)) return undefined;
  return `is ${value}, outside of ComfyUI's 64 bits; the largest seed is ${MAX_SEED}`;
}

function checkNumber(value: number): string | undefined {
  if (!Number.isFinite(value)) return 'is not a finite number';
  const isExact = !Number.isInteger(value) || Number.isSafeInteger(value);
  if (isExact || Math.abs(value) > 2 ** 64) return undefined;
  return `is ${value}: above 2^53 − 1 a number has lost its exact value; give the file's text or a bigint`;
}

/** A name of a node or an input, unless an object can't safely hold it. */
export function checkKey(key: string, nodeId?: string): string {
  if (!FORBIDDEN_KEYS.has(key)) return key;
  throw invalid(`"${key}" can't be the name of a node or an input`, { nodeId });
}

/** The error about a graph, with the place at fault. */
export function invalid(
  message: string,
  details: { nodeId?: string | undefined; input?: string | undefined },
): ComfygenError {
  return new ComfygenError('INVALID_WORKFLOW', `${message}.`, { details });
}
