import { isObject } from 'comfygen/plugin';
import {
  isTruthy,
  PythonError,
  pythonEquals,
  pythonFloat,
  pythonFloatText,
  pythonInt,
  pythonRepr,
  pythonStr,
} from '../python-values.ts';
import type { TakenInput } from './expand-inputs.ts';
import { inputInfo, type NodeError, nodeError } from './node-error.ts';

/**
 * What is wrong with a value that is no link. The value is converted in `inputs`, as the server does. Ranges and lists
 * don't count where the class checks the input itself.
 */
export function judgeLiteral(
  input: TakenInput,
  inputs: Record<string, unknown>,
  isOwn: boolean,
): NodeError[] {
  const { name, type } = input;
  const given = inputs[name];
  const value = isObject(given) && '__value__' in given ? given['__value__'] : given;
  inputs[name] = value;
  try {
    inputs[name] = convert(type, value);
  } catch (error) {
    if (!(error instanceof PythonError)) throw error;
    const message = `Failed to convert an input value to a ${type} value`;
    const details = `${name}, ${pythonStr(value)}, ${error.message}`;
    return [
      nodeError('invalid_input_type', message, details, {
        ...inputInfo(input),
        received_value: value,
        exception_message: error.message,
      }),
    ];
  }
  if (isOwn) return [];
  const found = outOfRange(input, inputs[name]) ?? notInList(input, inputs[name]);
  return found ? [found] : [];
}

function convert(type: unknown, value: unknown): unknown {
  if (type === 'INT') return pythonInt(value);
  if (type === 'FLOAT') return pythonFloat(value);
  if (type === 'STRING') return pythonStr(value);
  return type === 'BOOLEAN' ? isTruthy(value) : value;
}

function outOfRange(input: TakenInput, value: unknown): NodeError | undefined {
  const { min, max } = input.config;
  const write = input.type === 'FLOAT' ? pythonFloatText : pythonStr;
  const info = { ...inputInfo(input), received_value: value };
  const below = min !== undefined && (value as number) < (min as number);
  if (below) {
    const message = `Value ${write(value)} smaller than min of ${write(min)}`;
    return nodeError('value_smaller_than_min', message, input.name, info);
  }
  // 2^64 − 1, the largest seed, reads as 2^64 from JSON.
  const most = max === 2 ** 64 ? 2n ** 64n - 1n : max;
  if (most === undefined || !((value as number) > (most as number))) return undefined;
  const message = `Value ${write(value)} bigger than max of ${write(most)}`;
  return nodeError('value_bigger_than_max', message, input.name, info);
}

function notInList(input: TakenInput, value: unknown): NodeError | undefined {
  const { name, type, config } = input;
  if (!Array.isArray(type) && type !== 'COMBO') return undefined;
  const options = Array.isArray(type) ? type : config['options'];
  const list: readonly unknown[] = Array.isArray(options) ? options : [];
  const chosen = config['multiselect'] === true && Array.isArray(value) ? value : [value];
  // Only lists of node packs hold lists; their own type finds such an option by its first entry.
  const names = list.map((option) => (Array.isArray(option) ? option[0] : option));
  const strange = chosen.filter((one) => !names.some((name) => pythonEquals(name, one)));
  if (strange.length === 0) return undefined;
  const isLong = list.length > 20;
  const told = isLong ? `(list of length ${list.length})` : pythonRepr(list);
  const details = `${name}: ${strange.map(pythonRepr).join(', ')} not in ${told}`;
  return nodeError('value_not_in_list', 'Value not in list', details, {
    ...inputInfo(input),
    ...(isLong && { input_config: null }),
    received_value: value,
  });
}
