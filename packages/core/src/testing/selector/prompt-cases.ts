import { ComfygenError } from '../../errors/comfygen-error.ts';
import { assertSelection } from './check-selection.ts';
import type { SelectorBench, SelectorCase } from './selector-bench.ts';

/** Prompts that people send, and that break what was tried on nice ones only. */
const PROMPTS: [name: string, prompt: string][] = [
  ['one letter', 'x'],
  ['emoji', '🦊❄️👩‍👩‍👧‍👦 🏳️‍🌈'],
  ['right-to-left text', 'תפוח אדום ‏מתחת לעץ، تفاحة حمراء'],
  ['signs only', '... !!! ((()))'],
  ['markup and braces', '<b>{prompt}</b> {{x}} [a:b:0.5] "quoted" \\ \u0000 \n\t'],
  ['names of Object', '__proto__ constructor toString hasOwnProperty'],
  ['10,000 letters', 'word '.repeat(2_000).trim()],
  ['10,000 different words', Array.from({ length: 10_000 }, (_, n) => `w${n}`).join(' ')],
];

async function answers({ selector, request, call, flows }: SelectorBench, prompt: string) {
  let selection: Awaited<ReturnType<typeof selector.select>>;
  try {
    selection = await selector.select(request(prompt), call());
  } catch (error) {
    // What a selector can't take is its own to refuse, but with an error that says so.
    if (ComfygenError.is(error)) return;
    throw error;
  }
  assertSelection(selection, flows, JSON.stringify(prompt.slice(0, 40)));
}

export const promptCases: SelectorCase[] = PROMPTS.map(([name, prompt]) => ({
  name: `answers an odd prompt: ${name}`,
  run: (bench) => answers(bench, prompt),
}));
