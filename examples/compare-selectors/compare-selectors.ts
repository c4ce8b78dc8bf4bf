// Which selector would have chosen best? Try every flow on every prompt once, then compare on held-out prompts.
import { embedded } from '@comfygen/embedded';
import { adherence } from '@comfygen/embedded/scorer';
import { baselines, evaluateSelectors, matrixFromRecords } from '@comfygen/lab';
import { rules } from '@comfygen/selectors/rules';
import { workflowsUrl } from '@comfygen/workflows';
import { createComfyGen, memoryRecordStore } from 'comfygen';
import { loadFlows } from 'comfygen/node';

const prompts = ['a red apple', 'a cat', 'a pizza', 'a dog'];
const wanted = ['emoji-animals', 'emoji-food', 'emoji-fast'];
const flows = (await loadFlows(workflowsUrl)).filter(({ id }) => wanted.includes(id));
const records = memoryRecordStore();
const comfygen = createComfyGen({ flows, executor: embedded(), scorer: adherence(), records });
for (const prompt of prompts) {
  for (const { id } of flows) {
    await comfygen.generate(prompt, { flow: id, seed: 7, width: 128, height: 128 });
  }
}
await comfygen.dispose();

const { matrix } = await matrixFromRecords(records.list());
const { selectors } = await evaluateSelectors({
  train: matrix,
  flows, // with their tags, which rules reads
  contestants: [
    ...baselines(),
    { name: 'rules', fit: () => ({ selector: rules(), modelBytes: null }) },
  ],
});
for (const { selector, rho, score } of selectors) {
  console.log(`${selector}: ρ ${rho?.mean.toFixed(2)}, score ${score.toFixed(3)}`);
}
