import type { ListedInput } from 'comfygen/workflow';
import { plain } from './text.ts';

/** Of a list longer than this so many words are shown. */
const SHORT = 12;
const SHOWN = 8;
/** A text that stands in a graph may be long. */
const LONGEST = 60;

/** `steps = 20, 1 to 10000 (3.steps)`. */
export function describeInput(input: ListedInput): string {
  const places = input.refs.map(({ node, input: name }) => `${node}.${name}`).join(' ');
  const takes = describeTakes(input);
  const where = places === input.name ? '' : ` (${places})`;
  return plain(`${input.name} = ${showValue(input.value)}${takes && `, ${takes}`}${where}`);
}

function showValue(value: ListedInput['value']): string {
  const text = typeof value === 'bigint' ? String(value) : JSON.stringify(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

/** The range or the list of an input, where a server's classes tell it. */
function describeTakes({ type, min, max, step, options }: ListedInput): string {
  if (type === 'BOOLEAN') return 'true or false';
  if (options !== undefined) {
    if (options.length <= SHORT) return `one of ${options.join(', ')}`;
    return `one of ${options.slice(0, SHOWN).join(', ')} and ${options.length - SHOWN} more`;
  }
  const range =
    min === undefined
      ? max === undefined
        ? ''
        : `up to ${max}`
      : `${min}${max === undefined ? ' on' : ` to ${max}`}`;
  return step !== undefined && step > 1 && range !== '' ? `${range} in steps of ${step}` : range;
}
