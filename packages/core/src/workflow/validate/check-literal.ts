import { own, show } from '../json-shape.ts';
import { modelFolder } from '../model-folders.ts';
import { canonicalValue } from '../write.ts';
import {
  chosenOption,
  type DeclaredInput,
  isDynamicCombo,
  largest,
  listedOptions,
} from './declared-inputs.ts';
import type { Finding, ValidateOptions } from './types.ts';

/** A finding before its node and input are known. */
type Note = Pick<Finding, 'code' | 'level' | 'effect' | 'message'>;

/** What a literal is checked against. */
export interface LiteralCheck {
  classType: string;
  input: DeclaredInput;
  value: unknown;
  options: ValidateOptions;
  /** Whether a type is only ever an output of another node. */
  isSocket: (type: unknown) => boolean;
}

/** What is wrong with a literal, in the order in which the server looks. */
export function checkLiteral(check: LiteralCheck): Note[] {
  const { classType, input } = check;
  const value = own(check.value, '__value__') ?? check.value;
  if (isDynamicCombo(input)) return checkKey(input, value);
  if (check.isSocket(input.type)) {
    return [
      unsafe('literal-for-socket', `must be a link of type ${input.type}, not ${show(value)}`),
    ];
  }
  const { notes, converted } = convert(input.type, value);
  if (notes.some((note) => note.effect === 'refuse')) return notes;
  const checker = checkedBy(classType, input.name);
  if (checker === 'nobody') return notes;
  if (checker === 'class') return [...notes, ownValidator(classType)];
  return [...notes, ...checkRange(input, converted), ...checkList(check, converted)];
}

/** What the server turns a literal into by its declared type, and what gets lost. */
function convert(type: unknown, value: unknown): { notes: Note[]; converted: unknown } {
  if (type === 'INT' || type === 'FLOAT') {
    const converted = type === 'INT' ? pythonInt(value) : pythonFloat(value);
    if (converted === undefined) {
      return { notes: [refused('invalid-value', `${show(value)} is no ${type}`)], converted };
    }
    const changed = !pythonEquals(converted, value) || typeof value === 'boolean';
    return { notes: changed ? [coerced(value, converted, 'warning')] : [], converted };
  }
  if (type === 'STRING' && typeof value !== 'string') {
    return { notes: [coerced(value, 'text', 'warning')], converted: value };
  }
  if (type === 'BOOLEAN' && typeof value !== 'boolean') {
    // Python takes any text that is not empty as true, "false" too.
    const level = typeof value === 'number' ? 'warning' : 'error';
    return { notes: [coerced(value, Boolean(value), level)], converted: value };
  }
  return { notes: [], converted: value };
}

function checkRange({ options }: DeclaredInput, value: unknown): Note[] {
  const { min, max } = options;
  const limits = [min, max].filter(
    (limit) => typeof limit === 'number' || typeof limit === 'bigint',
  );
  if (limits.length === 0) return [];
  if (typeof value !== 'number' && typeof value !== 'bigint') {
    return [refused('invalid-value', `${show(value)} can't be compared with its limits`)];
  }
  if (min !== undefined && value < (min as number)) {
    return [refused('below-min', `${value} is below the minimum of ${min}`)];
  }
  const top = largest(options);
  if (top !== undefined && value > top) {
    return [refused('above-max', `${value} is above the maximum of ${top}`)];
  }
  return [];
}

function checkList({ classType, input, options: given }: LiteralCheck, value: unknown): Note[] {
  const { type, options } = input;
  if (!Array.isArray(type) && type !== 'COMBO') return [];
  const listed = listedOptions(input);
  if (listed === undefined) return [ownValidator(classType)];
  const folder = modelFolder(classType, input.name);
  const files = folder === undefined ? undefined : own(given.models, folder);
  const choices = Array.isArray(files) ? [...listed.filter(isBuiltIn), ...files] : listed;
  const chosen = options['multiselect'] === true && Array.isArray(value) ? value : [value];
  const missing = chosen.filter((one) => !choices.some((choice) => names(choice, one)));
  if (missing.length === 0) return [];
  // A list without entries names files of a server that nobody asked.
  if (folder === undefined && given.ignoreModelFiles && choices.length === 0) {
    const message = `whether the server has ${show(missing[0])} was not checked`;
    return [{ code: 'missing-model', level: 'warning', effect: 'accept', message }];
  }
  // Its class has a list type of its own, which alone knows what it takes.
  if (choices.some((choice) => typeof choice === 'object')) return [ownValidator(classType)];
  if (folder === undefined) {
    const list =
      choices.length > 0 && choices.length <= 12 ? `: ${choices.map(show).join(', ')}` : '';
    return [
      refused('not-in-list', `${show(missing[0])} is not in the list of ${choices.length}${list}`),
    ];
  }
  if (given.ignoreModelFiles) {
    const message = `whether the folder "${folder}" has ${show(missing[0])} was not checked`;
    return [{ code: 'missing-model', level: 'warning', effect: 'accept', message }];
  }
  return [
    refused('missing-model', `${show(missing[0])} is not in the server's folder "${folder}"`),
  ];
}

/** Whether an option goes by this name. One with settings of its own is a list that begins with it. */
const names = (choice: unknown, name: unknown) =>
  pythonEquals(choice, name) || (Array.isArray(choice) && pythonEquals(choice[0], name));

/** An entry that the server offers besides the files of the folder. */
const isBuiltIn = (choice: unknown) => typeof choice === 'string' && !/\.[a-z0-9]+$/i.test(choice);

function checkKey(input: DeclaredInput, value: unknown): Note[] {
  if (chosenOption(input, value) !== undefined) return [];
  const what = value === undefined ? 'it is missing' : `${show(value)} is none of its options`;
  return [unsafe('unknown-option', `${what}; the node fails when it runs`)];
}

const refused = (code: Finding['code'], message: string): Note => ({
  code,
  level: 'error',
  effect: 'refuse',
  message,
});
const unsafe = (code: Finding['code'], message: string): Note => ({
  code,
  level: 'error',
  effect: 'accept',
  message,
});
const ownValidator = (classType: string): Note => ({
  code: 'custom-validator',
  level: 'warning',
  effect: 'unknown',
  message: `is checked by ${classType} itself, on the server`,
});
const coerced = (value: unknown, to: unknown, level: Finding['level']): Note => ({
  code: 'coerced',
  level,
  effect: 'accept',
  message: `${show(value)} is read as ${show(to)}`,
});

/**
 * Core classes that check inputs in code of their own, which `object_info` doesn't show: ranges and lists
 * are then not checked, and the answer is known to the server alone. `*` is every input.
 */
const VALIDATED: Record<string, string> = {
  LoadImage: 'image',
  LoadImageMask: 'image',
  LoadImageOutput: 'image',
  LoadLatent: 'latent',
  LoadAudio: 'audio',
  LoadVideo: 'file',
  Load3D: 'model_file',
  SelectModelDevice: 'device',
  SelectCLIPDevice: 'device',
  SelectVAEDevice: 'device',
  ModelAttentionBackend: '*',
  ComfySwitchNode: '*',
};

/** Classes whose own validator takes anything. */
const TAKES_ANYTHING = new Set(['CustomCombo']);

/** Who checks a literal beyond its type: the server by range and list, the class itself, or nobody. */
function checkedBy(classType: string, input: string): 'server' | 'class' | 'nobody' {
  if (TAKES_ANYTHING.has(classType)) return 'nobody';
  const own = Object.hasOwn(VALIDATED, classType) ? VALIDATED[classType] : undefined;
  return own === '*' || own === input ? 'class' : 'server';
}

/** What Python's `int()` makes of a value, or `undefined` where it raises. */
function pythonInt(value: unknown): number | bigint | undefined {
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? Math.trunc(value) : undefined;
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  if (!/^[+-]?\d+(_\d+)*$/.test(text) || text.length > 4300) return undefined;
  return BigInt(text.replaceAll('_', '').replace(/^\+/, ''));
}

/** What Python's `float()` makes of a value, or `undefined` where it raises. */
function pythonFloat(value: unknown): number | undefined {
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return undefined;
  const text = value.trim().toLowerCase();
  if (/^[+-]?(inf|infinity)$/.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  if (/^[+-]?nan$/.test(text)) return Number.NaN;
  const digits = '\\d+(?:_\\d+)*';
  const pattern = new RegExp(
    `^[+-]?(?:${digits}\\.?(?:${digits})?|\\.${digits})(?:e[+-]?${digits})?$`,
  );
  return pattern.test(text) ? Number(text.replaceAll('_', '')) : undefined;
}

/** Python's `==` between two JSON values: 1, 1.0 and true are equal. */
function pythonEquals(a: unknown, b: unknown): boolean {
  const [left, right] = [asNumber(a), asNumber(b)];
  // `<` and `>` compare a number with a bigint by value, as Python's `==` does.
  if (left !== undefined && right !== undefined) return !(left < right) && !(left > right);
  if (typeof a !== 'object' || a === null) return a === b;
  return canonicalValue(a) === canonicalValue(b);
}

function asNumber(value: unknown): number | bigint | undefined {
  if (typeof value === 'boolean') return value ? 1 : 0;
  return typeof value === 'number' || typeof value === 'bigint' ? value : undefined;
}
