import type { InputValue } from '../../spec/index.ts';
import { parseValue } from '../parse-value.ts';
import { own } from '../validate/json-shape.ts';
import { type ClassInput, DYNAMIC_COMBO } from './class-inputs.ts';
import { type Conversion, type Place, warn } from './conversion.ts';
import { choosePrompt, isDynamicPrompt, keyedRandom } from './dynamic-prompt.ts';

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
