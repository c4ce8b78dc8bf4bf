import type { InputValue } from '../../spec/index.ts';
import { createRandom } from '../../util/random.ts';
import { own } from '../json-shape.ts';
import { parseValue } from '../read.ts';
import { type ClassInput, DYNAMIC_COMBO } from './class-inputs.ts';
import { type Conversion, type Place, warn } from './conversion.ts';

/** A value as API format writes it: copied, lists wrapped, so that none can be taken for a link. */
export function toLiteral(value: unknown, place: Place, type?: string | undefined): InputValue {
  const literal = parseValue(value, place.nodeId, place.input ?? '');
  if (!Array.isArray(literal)) return literal;
  return type === 'CURVE' ? { __type__: 'CURVE', __value__: literal } : { __value__: literal };
}

/** The value of a widget, with its choices made; says what does not fit or is kept as it is. */
export function widgetLiteral(
  conversion: Conversion,
  input: ClassInput,
  value: unknown,
  place: Place,
): InputValue {
  if (!fits(input, value)) {
    warn(
      conversion,
      'value-mismatch',
      place,
      `its value is no ${input.type}; the file may be of another version of this class`,
    );
  }
  if (typeof value !== 'string') return toLiteral(value, place, input.type);
  if (/(^|\.)filename_prefix$/.test(input.name) && /%date[:%]|%[^%\s.]+\.[^%]+%/.test(value)) {
    warn(
      conversion,
      'token-kept',
      place,
      'only the editor fills in the tokens of its text; they are kept as they are',
    );
  }
  return toLiteral(choose(conversion, input, value, place), place);
}

function choose(
  conversion: Conversion,
  { options }: ClassInput,
  text: string,
  place: Place,
): string {
  const { choiceSeed } = conversion;
  if (options['dynamicPrompts'] !== true || !isDynamicPrompt(text)) return text;
  if (choiceSeed === null) {
    warn(conversion, 'choice-made', place, 'its comments and {a|b} choices are kept as they are');
    return text;
  }
  const key = JSON.stringify([choiceSeed, place.nodeId, place.input]);
  const chosen = choosePrompt(text, keyedRandom(key));
  if (chosen !== text) {
    warn(
      conversion,
      'choice-made',
      place,
      'its comments were taken out and its {a|b} choices made',
    );
  }
  return chosen;
}

function fits({ type, options }: ClassInput, value: unknown): boolean {
  if (type === 'INT' || type === 'FLOAT') {
    if (typeof value === 'string') return value.trim() !== '' && Number.isFinite(Number(value));
    return typeof value === 'number' || typeof value === 'bigint';
  }
  if (type === 'BOOLEAN') return typeof value === 'boolean';
  if (type === 'STRING') return typeof value === 'string';
  if (type === DYNAMIC_COMBO) return keysOf(options).includes(value);
  return true;
}

/** What the editor gives to a widget that the file has no value for; `undefined` where it has none either. */
export function defaultOf({ type, options }: ClassInput): unknown {
  const { default: given, min, max } = options;
  if (given !== undefined && given !== null) return given;
  switch (type) {
    case 'COMBO':
      return Array.isArray(options['options']) ? options['options'][0] : undefined;
    case DYNAMIC_COMBO:
      return keysOf(options)[0];
    case 'INT':
    case 'FLOAT':
      if (typeof min === 'number' && min > 0) return min;
      return typeof max === 'number' && max < 0 ? max : 0;
    case 'STRING':
      return '';
    case 'BOOLEAN':
      return false;
    default:
      return undefined;
  }
}

function keysOf({ options }: Record<string, unknown>): unknown[] {
  return Array.isArray(options) ? options.map((option) => own(option, 'key')) : [];
}

/** Whether the editor would change a text before it sends it. */
function isDynamicPrompt(text: string): boolean {
  return /\{|\/\/|\/\*|\\[{}|]/.test(text);
}

/**
 * The text without comments, each `{a|b|c}` replaced by one of its options, from the outside in. `\{`, `\}`
 * and `\|` are plain characters. `random` gives numbers from 0 to below 1.
 */
export function choosePrompt(text: string, random: () => number): string {
  const plain = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
  const open: { start: number; bars: number[] }[] = [];
  const blocks = new Map<number, { end: number; bars: number[] }>();
  for (let index = 0; index < plain.length; index += 1) {
    const character = plain[index];
    if (character === '\\') index += 1;
    else if (character === '{') open.push({ start: index, bars: [] });
    else if (character === '|') open.at(-1)?.bars.push(index);
    else if (character === '}') {
      const block = open.pop();
      if (block !== undefined) blocks.set(block.start, { end: index, bars: block.bars });
    }
  }
  return pick(plain, blocks, random).replace(/\\([{}|])/g, '$1');
}

/** Walks over the text once; what lies in options that were not chosen is jumped over. */
function pick(
  text: string,
  blocks: ReadonlyMap<number, { end: number; bars: number[] }>,
  random: () => number,
): string {
  const jumps = new Map<number, number>();
  let result = '';
  for (let index = 0; index < text.length; index += 1) {
    const block = blocks.get(index);
    const jump = jumps.get(index);
    if (block !== undefined) {
      const edges = [index, ...block.bars, block.end];
      const chosen = Math.floor(random() * (edges.length - 1));
      jumps.set(edges[chosen + 1]!, block.end);
      index = edges[chosen]!;
    } else if (jump !== undefined) {
      index = jump;
    } else {
      result += text[index];
    }
  }
  return result;
}

/** Numbers from 0 to below 1 that depend on nothing but the key. */
export function keyedRandom(key: string): () => number {
  let state = 2166136261;
  for (const character of key) {
    state = Math.imul(state ^ character.codePointAt(0)!, 16777619);
  }
  return createRandom(state);
}
