import { sentenceOf } from './provider-error.ts';
import type { Traffic } from './traffic.ts';

/**
 * What a server says is wrong with a request: its words, and the field where it names one. `undefined` for other
 * answers.
 */
export function refusedWords({ refused }: Traffic): string | undefined {
  if (refused === undefined || (refused.status !== 400 && refused.status !== 422)) return undefined;
  const param = /"param"\s*:\s*"([^"]+)"/.exec(refused.text)?.[1] ?? '';
  return `${param} ${sentenceOf(refused.text)}`;
}
