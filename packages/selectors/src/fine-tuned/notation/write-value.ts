import { type InputValue, isLink } from 'comfygen/workflow';

const BARE_ID = /^[\w:]+$/;
const BARE_NAME = /^[A-Za-z_]\w*$/;
const BARE_WORD = /^\w[\w.+/-]*$/;
const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;

/** An input's value in the notation. */
export function writeValue(value: InputValue): string {
  if (isLink(value)) {
    const [id, output] = value;
    return `@${writeId(id)}${output === 0 ? '' : `.${writeNumber(output)}`}`;
  }
  if (typeof value === 'string' && BARE_WORD.test(value) && isWord(value)) return value;
  return writeJson(value);
}

/** A node's id. */
export const writeId = (id: string): string => (BARE_ID.test(id) ? id : JSON.stringify(id));

/** An input's name or a class without a code. */
export const writeName = (name: string): string =>
  BARE_NAME.test(name) ? name : JSON.stringify(name);

/** Whether a bare word stands for a text, not for a number or a constant. */
export const isWord = (token: string): boolean =>
  !NUMBER.test(token) && !['true', 'false', 'null'].includes(token);

/** Whether a bare word is a number. */
export const isNumber = (token: string): boolean => NUMBER.test(token);

/** JSON without blanks, exact above 2^53 − 1. */
export function writeJson(value: InputValue): string {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'number') return writeNumber(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(writeJson).join(',')}]`;
  const entries = Object.entries(value).map(
    ([key, item]) => `${JSON.stringify(key)}:${writeJson(item)}`,
  );
  return `{${entries.join(',')}}`;
}

/** Digits alone are read as an exact integer, so a number that lost its last digits is written with an exponent. */
function writeNumber(value: number): string {
  const isInexact = Number.isInteger(value) && !Number.isSafeInteger(value);
  return isInexact ? value.toExponential() : JSON.stringify(value);
}
