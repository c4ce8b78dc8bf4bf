import { stringifyJson } from 'comfygen/http';

/** JSON for stdout, indented; a `bigint` (a seed above 2^53) is written with all its digits. */
export function renderJson(value: unknown): string {
  return `${stringifyJson(value, 2)}\n`;
}
