import type { ComfygenError, InputValue } from 'comfygen/plugin';
import type { InputOptions, InputSpec } from './node-definition.ts';
import { createNodeError } from './node-error.ts';

/** Which input of which node a check is about. */
export interface InputPlace {
  id: string;
  classType: string;
  name: string;
}

const SEED_MAX = 2n ** 64n - 1n;
const WIDGET_TYPES = ['INT', 'FLOAT', 'STRING', 'BOOLEAN'];

/**
 * A literal input converted to its declared type. Stricter than ComfyUI where that would guess: a
 * text is not a number, and a socket takes links only.
 */
export function checkLiteral(
  value: Exclude<InputValue, InputValue[]>,
  [type, options = {}]: InputSpec,
  place: InputPlace,
  filesOf: (folder: string) => readonly string[],
): unknown {
  const fail = createFail(place, value);
  if (options.folder !== undefined) return checkFile(value, options.folder, place, filesOf);
  if (typeof type !== 'string') {
    if (typeof value === 'string' && type.includes(value)) return value;
    throw fail(`must be one of ${type.join(', ')}, not ${show(value)}.`);
  }
  if (!WIDGET_TYPES.includes(type)) throw fail(`takes ${type} from another node, not a value.`);
  if (type === 'STRING') {
    if (typeof value === 'string') return value;
    throw fail(`must be a text, not ${show(value)}.`);
  }
  if (type === 'BOOLEAN') {
    if (typeof value === 'boolean') return value;
    throw fail(`must be true or false, not ${show(value)}.`);
  }
  if (options.seed) return checkSeed(value, fail);
  return checkNumber(value, type, options, fail);
}

function createFail({ id, classType, name }: InputPlace, value: unknown) {
  return (reason: string): ComfygenError =>
    createNodeError('INVALID_WORKFLOW', id, classType, `input "${name}" ${reason}`, {
      input: name,
      received: value,
    });
}

type Fail = ReturnType<typeof createFail>;

function checkNumber(value: unknown, type: string, options: InputOptions, fail: Fail): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    throw fail(`must be a number, not ${show(value)}.`);
  }
  if (type === 'INT' && !Number.isInteger(value)) throw fail(`must be whole, not ${value}.`);
  const { min, max } = options;
  if (min !== undefined && value < min) throw fail(`must be ${min} or more, not ${value}.`);
  if (max !== undefined && value > max) throw fail(`must be ${max} or less, not ${value}.`);
  return value;
}

function checkSeed(value: unknown, fail: Fail): number | bigint {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  if (typeof value === 'bigint' && value >= 0n && value <= SEED_MAX) return value;
  throw fail(
    `must be a whole number from 0 to 2^64 − 1 (a bigint above 2^53 − 1), not ${show(value)}.`,
  );
}

function checkFile(
  value: unknown,
  folder: string,
  place: InputPlace,
  filesOf: (folder: string) => readonly string[],
): string {
  if (typeof value !== 'string') throw createFail(place, value)(`must be a file name.`);
  const files = filesOf(folder);
  // Input files are looked up when the node runs: they may be uploaded or written until then.
  if (folder === 'input' || files.includes(value)) return value;
  throw createNodeError(
    'MISSING_MODEL',
    place.id,
    place.classType,
    `there is no "${value}" in ${folder}. There is: ${files.join(', ') || 'nothing'}.`,
    { input: place.name, folder, file: value, known: files },
  );
}

function show(value: unknown): string {
  if (typeof value === 'bigint') return value.toString();
  return JSON.stringify(value) ?? String(value);
}
