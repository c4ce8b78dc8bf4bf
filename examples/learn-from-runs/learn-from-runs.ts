// Learn from your own runs: let flows be tried, keep what was scored, train a selector on it, and ask it why.
import { embedded } from '@comfygen/embedded';
import { adherence } from '@comfygen/embedded/scorer';
import { buildScoreTable, matrixFromRecords } from '@comfygen/lab';
import { learned, trainLearned } from '@comfygen/selectors/learned';
import { explore } from '@comfygen/selectors/policies';
import { rules } from '@comfygen/selectors/rules';
import { workflowsUrl } from '@comfygen/workflows';
import { createComfyGen, memoryRecordStore } from 'comfygen';
import { loadFlows } from 'comfygen/node';

const prompts = [
  'an apple',
  'a cat',
  'a pizza',
  'a dog',
  'a lemon',
  'a cake',
  'a horse',
  'a burger',
];
const wanted = ['emoji-animals', 'emoji-food'];
const flows = (await loadFlows(workflowsUrl)).filter(({ id }) => wanted.includes(id));
const records = memoryRecordStore(); // sqliteStore of comfygen/node keeps them for good

// 1. Try. At rate 1 every flow has the same chance; later a smaller one, or `thompson`, tries what may be good.
const explorer = createComfyGen({
  flows,
  executor: embedded(),
  scorer: adherence(),
  selector: explore(rules(), { policy: 'epsilon', rate: 1 }),
  records,
});
for (const seed of [1, 2, 3]) {
  for (const prompt of prompts) await explorer.generate(prompt, { seed, width: 64, height: 64 });
}
await explorer.dispose();

// 2. Records are scores. The table is for `inContext`, `fineTuned`, `abstain` and `explore`, and for people.
const { matrix, scorer } = await matrixFromRecords(records.list());
const table = buildScoreTable(matrix, { scorer });
for (const [index, { mean, standardError, count }] of table.overall.entries()) {
  const error = standardError?.toFixed(2) ?? 'unknown';
  console.log(`${table.flows[index]}: ${mean.toFixed(2)}, error ${error}, ${count} prompts`);
}

// 3. Train, and ask about a prompt that was never seen. Few prompts prove little, and the selector knows: it sees
// which flow may suit better, but takes the one that is best over all. Some hundred prompts make it bolder.
const model = await trainLearned(matrix, { seed: 1, flows });
const comfygen = createComfyGen({ flows, executor: embedded(), selector: learned({ model }) });
const { selection } = await comfygen.select('a brown dog');
const { ranked, reason, gain, abstained } = selection;
console.log(`"a brown dog": ${ranked[0]?.flowId}${abstained ? ', abstained' : ''}`);
console.log(`why: ${reason}`);
console.log(`expected gain over ${gain?.over}: ${gain?.mean} (${gain?.interval.join(' to ')})`);
await comfygen.dispose();
