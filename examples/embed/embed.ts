// Embed comfygen in a script: one prompt in, the best of two pictures out, with the reason.
import { writeFile } from 'node:fs/promises';
import { embedded } from '@comfygen/embedded';
import { technical } from '@comfygen/scorers/technical';
import { rules } from '@comfygen/selectors/rules';
import { workflowsUrl } from '@comfygen/workflows';
import { ComfygenError, createComfyGen } from 'comfygen';
import { loadFlows } from 'comfygen/node';

const prompt = process.argv[2] ?? 'a red apple left of a green frog';

const comfygen = createComfyGen({
  flows: await loadFlows(workflowsUrl),
  selector: rules(),
  executor: embedded(),
  scorer: technical(),
});
comfygen.events.on('execute-progress', ({ fraction, classType }) => {
  console.error(`${Math.round(fraction * 100)} % ${classType ?? ''}`);
});

try {
  const { best, flow, selection, warnings } = await comfygen.generate(prompt, {
    seed: 7,
    count: 2,
    timeoutMs: 60_000,
  });
  await writeFile('picture.png', best.bytes);
  console.log(`picture.png by "${flow.title}": ${selection.reason}`);
  for (const { message } of warnings) console.log(`note: ${message}`);
} catch (error) {
  if (!ComfygenError.is(error)) throw error;
  console.error(`${error.code}: ${error.message}`);
  process.exitCode = 1;
} finally {
  await comfygen.dispose();
}
