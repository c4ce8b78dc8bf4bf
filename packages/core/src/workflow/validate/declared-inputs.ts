import { isObject } from '../../util/is-object.ts';
import { own } from '../json-shape.ts';

/** One input that a class declares, after dynamic ones are opened up. */
export interface DeclaredInput {
  name: string;
  required: boolean;
  /** The type as written: a name, or the list of options of an old-style combo. */
  type: unknown;
  options: Record<string, unknown>;
}

const DYNAMIC_COMBO = 'COMFY_DYNAMICCOMBO_V3';
const AUTOGROW = 'COMFY_AUTOGROW_V3';
const DYNAMIC_SLOT = 'COMFY_DYNAMICSLOT_V3';
const MAX_NESTING = 8;
const MAX_GROWN = 100;

/**
 * The inputs that a class declares for these live values. Dynamic combos declare the inputs of the chosen
 * option (`format.bit_depth`), autogrow groups their members (`images.image0`); hidden inputs are none.
 */
export function declaredInputs(
  info: unknown,
  inputs: Record<string, unknown>,
): Map<string, DeclaredInput> {
  const found = new Map<string, DeclaredInput>();
  addSections(own(info, 'input'), '', inputs, found, 0);
  return found;
}

function addSections(
  sections: unknown,
  prefix: string,
  inputs: Record<string, unknown>,
  found: Map<string, DeclaredInput>,
  depth: number,
): void {
  if (depth > MAX_NESTING) return;
  for (const section of ['required', 'optional'] as const) {
    const specs = own(sections, section);
    if (!isObject(specs)) continue;
    for (const [name, spec] of Object.entries(specs)) {
      addInput(declare(prefix + name, spec, section === 'required'), inputs, found, depth);
    }
  }
}

function declare(name: string, spec: unknown, required: boolean): DeclaredInput {
  const [type, options] = Array.isArray(spec) ? (spec as unknown[]) : [spec];
  return { name, required, type, options: isObject(options) ? options : {} };
}

function addInput(
  input: DeclaredInput,
  inputs: Record<string, unknown>,
  found: Map<string, DeclaredInput>,
  depth: number,
): void {
  if (input.type === AUTOGROW) {
    addGrown(input, inputs, found, depth);
    return;
  }
  found.set(input.name, input);
  const value = own(inputs, input.name);
  if (input.type === DYNAMIC_COMBO) {
    addSections(
      own(chosenOption(input, value), 'inputs'),
      `${input.name}.`,
      inputs,
      found,
      depth + 1,
    );
  } else if (input.type === DYNAMIC_SLOT && value !== undefined) {
    addSections(input.options['inputs'], `${input.name}.`, inputs, found, depth + 1);
  }
}

/** ComfyUI's own classes, and those of the executor inside Node. */
const OWN_MODULES = /^(nodes$|comfy_|comfygen\b)/;

/**
 * Whether a class may take inputs and give outputs beyond its declaration. Those of node packs may: some declare a
 * dictionary or a list that says yes to every name. A class that doesn't say where it is from may be one of them.
 */
export function isOpenEnded(info: unknown): boolean {
  const module = own(info, 'python_module');
  return typeof module !== 'string' || !OWN_MODULES.test(module);
}

/** The option of a dynamic combo that a value names. */
export function chosenOption(input: DeclaredInput, value: unknown): unknown {
  const { options } = input.options;
  if (!Array.isArray(options)) return undefined;
  return options.find((option) => own(option, 'key') === value && value !== undefined);
}

/**
 * The largest number that an input takes. JavaScript reads 2^64 − 1, and ComfyUI's other limits of this size, as the
 * next power of two.
 */
export function largest({ max }: Record<string, unknown>): number | bigint | undefined {
  if (typeof max === 'bigint' || Number.isSafeInteger(max)) return max as number | bigint;
  if (typeof max !== 'number') return undefined;
  return Number.isInteger(max) && max > 0 ? BigInt(max) - 1n : max;
}

/** What a list offers, in either of its spellings; none where the class keeps it to itself, or it is no list. */
export function listedOptions({ type, options }: DeclaredInput): readonly unknown[] | undefined {
  const listed = Array.isArray(type) ? type : type === 'COMBO' ? options['options'] : undefined;
  return Array.isArray(listed) ? listed : undefined;
}

/** Whether a type is one of the two that open up by a key. */
export function isDynamicCombo(input: DeclaredInput): boolean {
  return input.type === DYNAMIC_COMBO;
}

function addGrown(
  group: DeclaredInput,
  inputs: Record<string, unknown>,
  found: Map<string, DeclaredInput>,
  depth: number,
): void {
  const { template } = group.options;
  const isRequired = isObject(own(own(template, 'input'), 'required'));
  const specs = own(own(template, 'input'), isRequired ? 'required' : 'optional');
  const spec = isObject(specs) ? Object.values(specs)[0] : undefined;
  const min = Number(own(template, 'min') ?? 0);
  for (const [index, name] of memberNames(template).entries()) {
    const member = declare(`${group.name}.${name}`, spec, isRequired && index < min);
    if (depth < MAX_NESTING) addInput(member, inputs, found, depth + 1);
  }
}

function memberNames(template: unknown): string[] {
  const names = own(template, 'names');
  if (Array.isArray(names)) return names.slice(0, MAX_GROWN).map(String);
  const prefix = own(template, 'prefix');
  const max = Math.min(Number(own(template, 'max')) || 0, MAX_GROWN);
  return Array.from({ length: Math.max(0, Math.floor(max)) }, (_, index) => `${prefix}${index}`);
}
