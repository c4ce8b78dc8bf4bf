// The trial where there is a command line and a disk: `main.js URL SLOW_URL`. It must end by itself.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { embedded } from '@comfygen/embedded';
import { createComfyGen, defineFlow } from 'comfygen';
import { folderJobStore, loadFlows } from 'comfygen/node';
import { GRAPH, trial } from './trial.js';

const [url, slowUrl] = process.argv.slice(-2);
const folder = await mkdtemp(join(tmpdir(), 'comfygen-runtime-'));
await writeFile(join(folder, 'my-flow.json'), JSON.stringify(GRAPH));
const [flow] = await loadFlows(folder);
if (flow?.id !== 'my-flow') throw new Error('The folder of flows was not read.');
const jobs = folderJobStore(join(folder, 'jobs'));
const done = await trial({ url, slowUrl, flow, jobs });
let kept = 0;
for await (const { state } of jobs.list()) if (state === 'succeeded') kept += 1;
if (kept !== 1) throw new Error(`${kept} jobs are kept, not 1.`);
await rm(folder, { recursive: true });

// In a worker thread, without a server.
const graph = structuredClone(GRAPH);
graph[1].inputs.ckpt_name = 'emoji-world-noto.safetensors';
const drawing = createComfyGen({
  flows: [defineFlow({ id: 'emoji', workflow: graph })],
  executor: embedded(),
});
const { best, warnings } = await drawing.generate('a red fox', { seed: 1 });
if (best.mediaType !== 'image/png') throw new Error('The embedded executor drew no picture.');
if (warnings.some(({ code }) => code === 'no-worker')) throw new Error('It has no worker thread.');
await drawing.dispose();
console.log(JSON.stringify({ ...done, drawn: best.hash }));
