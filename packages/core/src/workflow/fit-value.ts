import type { BriefInput, InputValue } from '../spec/index.ts';
import { nearest } from '../util/nearest.ts';
import type { InputFacts } from './input-facts.ts';
import { show } from './json-shape.ts';
import { slashes } from './respell.ts';

type Value = BriefInput['value'];

/** A value as an input takes it, or what it takes instead. */
export type FitValue = { value: InputValue; isRounded: boolean } | { fault: string };

/**
 * Holds a value to what an input takes. A whole number between two steps is rounded; a number stays a text where the
 * graph has it as one and no catalogue says otherwise.
 */
export function fitValue(facts: InputFacts, value: Value, present: InputValue): FitValue {
  const kept = (taken: InputValue, isRounded = false): FitValue => ({ value: taken, isRounded });
  const fault = (takes: string): FitValue => ({ fault: `takes ${takes}; got ${show(value)}` });
  switch (facts.type) {
    case 'INT':
    case 'FLOAT': {
      const isWhole = facts.type === 'INT';
      if (!isNumeric(value) || (isWhole && !Number.isInteger(Number(value))))
        return fault(rangeOf(facts));
      const { min, max, step = 1 } = facts;
      if ((min !== undefined && value < min) || (max !== undefined && value > max))
        return fault(rangeOf(facts));
      if (!isWhole) return kept(Number(value));
      const base = Number(min ?? 0);
      const by = Number(step);
      if (by <= 1 || !Number.isSafeInteger(Number(value))) return kept(value);
      const near = base + Math.round((Number(value) - base) / by) * by;
      const rounded = max !== undefined && near > max ? near - by : near;
      return kept(rounded, rounded !== Number(value));
    }
    case 'BOOLEAN':
      return typeof value === 'boolean' ? kept(value) : fault('true or false');
    case 'STRING':
      return typeof value === 'string' ? kept(value) : fault('a text');
    case 'COMBO':
      return fitOption(facts.options, value);
    default:
      return fitPresent(value, present);
  }
}

const isNumeric = (value: Value): value is number | bigint =>
  typeof value === 'number' || typeof value === 'bigint';

/** `whole numbers from 1 to 10000`. */
function rangeOf({ type, min, max }: InputFacts): string {
  const kind = type === 'INT' ? 'whole numbers' : 'numbers';
  const low = min === undefined ? '' : ` from ${min}`;
  const high = max === undefined ? low && ' on' : `${low ? '' : ' up'} to ${max}`;
  return kind + low + high;
}

/** So many options are told in a sentence. */
const TOLD = 12;

function fitOption(options: InputFacts['options'], value: Value): FitValue {
  if (typeof value === 'bigint') return { fault: `takes one of a list; got ${value}` };
  if (options === undefined) return { value, isRounded: false };
  const spelt = (one: Value) => slashes(String(one));
  const same =
    options.find((one) => one === value) ?? options.find((one) => spelt(one) === spelt(value));
  if (same !== undefined) return { value: same, isRounded: false };
  const words = options.map(String);
  const base = (file: string) => slashes(file).replace(/^.*\//, '').toLowerCase();
  const near =
    nearest(String(value), words) ?? words.find((one) => base(one) === base(String(value)));
  const meant = near === undefined ? '' : `; did you mean ${show(near)}?`;
  const told = words.length <= TOLD ? `: ${words.join(', ')}` : '';
  return { fault: `takes one of ${words.length} options${told}; got ${show(value)}${meant}` };
}

/** Where nobody tells what an input takes, it takes what stands there by its type. */
function fitPresent(value: Value, present: InputValue): FitValue {
  const isNumberText = typeof present === 'string' && /^\s*[-+]?\d*\.?\d+\s*$/.test(present);
  if (isNumeric(value)) {
    if (isNumeric(present as Value) || /^\s*[%${<[_#@*]/.test(String(present)))
      return { value, isRounded: false };
    if (isNumberText) return { value: String(value), isRounded: false };
  } else if (typeof value === typeof present && !isNumberText) return { value, isRounded: false };
  const kinds: { [type: string]: string } = { string: 'a text', boolean: 'true or false' };
  const kind = isNumberText ? 'a number' : (kinds[typeof present] ?? 'a number');
  const takes = present === null || typeof present === 'object' ? 'no single value' : kind;
  return { fault: `takes ${takes}, as what stands there; got ${show(value)}` };
}
