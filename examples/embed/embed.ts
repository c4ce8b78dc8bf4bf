// Embed comfygen in a script: one prompt in, the best picture out, with the reason.
// Run it: node --conditions=source examples/embed/embed.ts "three blue cats"
import { writeFile } from 'node:fs/promises';
import { embedded } from '@comfygen/embedded';
import { technical } from '@comfygen/scorers/technical';
import { rules } from '@comfygen/selectors/rules';
import { workflowsUrl } from '@comfygen/workflows';
import { createComfyGen } from 'comfygen';
import { loadFlows } from 'comfygen/node';

await using comfygen = createComfyGen({
  flows: await loadFlows(workflowsUrl),
  selector: rules(),
  executor: embedded(),
  scorer: technical(),
});
comfygen.events.on('execute-progress', ({ fraction, node }) => {
  process.stderr.write(`\r${Math.round(fraction * 100)} % ${node ?? ''}   `);
});

const prompt = process.argv[2] ?? 'a red apple left of a green frog';
const { best, flow, selection, warnings } = await comfygen.generate(prompt, { seed: 7, count: 2 });
await writeFile('picture.png', best.bytes);

process.stderr.write('\n');
console.log(`picture.png by "${flow.title}": ${selection.reason}`);
for (const { message } of warnings) console.log(`note: ${message}`);
