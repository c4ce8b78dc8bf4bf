/**
 * Prints what `rules` chooses from the flow library, and how long a choice takes with 310 flows.
 *
 *   node --conditions=comfygen-source packages/selectors/bench/choices.ts [--base emoji] "a prompt" …
 */
import { fileURLToPath } from 'node:url';
import { loadFlows } from 'comfygen/node';
import { createCallContext, type Flow, splitPrompt } from 'comfygen/plugin';
import { createTestBrief } from 'comfygen/testing';
import { rules } from '../src/rules/rules.ts';

const args = process.argv.slice(2);
const baseAt = args.indexOf('--base');
const base = baseAt < 0 ? undefined : args.splice(baseAt, 2)[1];
const loaded = await loadFlows(fileURLToPath(new URL('../../../workflows', import.meta.url)));
const library: readonly Flow[] = Array.isArray(loaded) ? loaded : loaded.flows;
const flows = library.filter((flow) => base === undefined || flow.baseModel === base);
const selector = rules();
const ctx = createCallContext();

const request = (prompt: string, offered: readonly Flow[]) => ({
  brief: createTestBrief(prompt),
  flows: offered,
  inventory: null,
  choiceSeed: 0,
});

for (const prompt of args) {
  const { reason } = await selector.select(request(prompt, flows), ctx);
  console.log(`${prompt}\n  ${reason}`);
}

const many = Array.from({ length: 310 }, (_, i) => {
  const flow = library[i % library.length]!;
  return { ...flow, id: `${flow.id}-${i}` };
});
const prompt =
  'a detailed oil painting of a red dragon left of a knight in a dark forest, fantasy, 8k';
const times: number[] = [];
for (let i = 0; i < 500; i += 1) {
  const start = performance.now();
  splitPrompt(prompt);
  await selector.select(request(prompt, many), ctx);
  times.push(performance.now() - start);
}
times.sort((a, b) => a - b);
const at = (share: number) => times[Math.floor(times.length * share)]!.toFixed(3);
console.log(`310 flows: median ${at(0.5)} ms, 95 % ${at(0.95)} ms a prompt`);
