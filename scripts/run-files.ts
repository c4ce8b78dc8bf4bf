// Which files take part in one `generate()` with `rules` and `comfyui`: those of which V8 saw a function run, between
// the call and its result. The server is a fake in a thread of its own, which is not counted.
//   node --conditions=comfygen-source scripts/run-files.ts [--list]
import { Session } from 'node:inspector/promises';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { createComfyGen } from '../packages/core/src/index.ts';
import { loadFlows } from '../packages/core/src/node/index.ts';
import { comfyui } from '../packages/executors/src/comfyui/index.ts';
import { rules } from '../packages/selectors/src/rules/index.ts';
import { workflowsUrl } from '../workflows/index.js';

const root = fileURLToPath(new URL('..', import.meta.url));

/** A fake ComfyUI with one model; in a thread, since V8 counts one thread's functions. */
function startServer(): Promise<{ url: string; worker: Worker }> {
  const testing = new URL('../packages/executors/src/testing/index.ts', import.meta.url);
  const worker = new Worker(
    `import { parentPort } from 'node:worker_threads';
     const { startFakeComfyui } = await import(${JSON.stringify(testing)});
     const models = { checkpoints: ['sd_xl_base_1.0.safetensors'] };
     parentPort.postMessage((await startFakeComfyui({ models })).url);`,
    { eval: true },
  );
  return new Promise((resolve, reject) => {
    worker.once('message', (url: string) => resolve({ url, worker }));
    worker.once('error', reject);
  });
}

/** The files of ours of which a function ran. Module bodies are left out: they run once, when a file is loaded. */
function filesRun(scripts: readonly { url: string; functions: readonly Counted[] }[]): string[] {
  const ours = scripts.filter(({ url }) => url.startsWith('file:') && url.includes('/packages/'));
  return ours
    .filter(({ functions }) =>
      functions.some(({ functionName, ranges: [whole] }) => {
        const isBody = functionName === '' && whole?.startOffset === 0;
        return !isBody && whole !== undefined && whole.count > 0;
      }),
    )
    .map(({ url }) => relative(root, fileURLToPath(url)))
    .sort();
}

interface Counted {
  functionName: string;
  ranges: readonly { startOffset: number; count: number }[];
}

const { url, worker } = await startServer();
const comfygen = createComfyGen({
  flows: await loadFlows(workflowsUrl),
  selector: rules(),
  executor: comfyui({ url }),
});
const session = new Session();
session.connect();
await session.post('Profiler.enable');
await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
const { selection } = await comfygen.generate('a red fox in deep snow', { seed: 7 });
const { result } = await session.post('Profiler.takePreciseCoverage');
await comfygen.dispose();
await worker.terminate();

const files = filesRun(result);
const rooms = Map.groupBy(files, (file) =>
  file.split('/').slice(1, 4).join('/').replace('/src', ''),
);
if (process.argv.includes('--list')) console.log(files.join('\n'));
for (const [room, inside] of rooms) console.log(`${String(inside.length).padStart(4)}  ${room}`);
console.log(
  `${String(files.length).padStart(4)}  files in one generate() that chose ${selection.ranked[0]?.flowId}`,
);
