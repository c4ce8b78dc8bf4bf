// Runs the trial in each runtime that is found, on packages as npm installs them.
import { execFile, spawn } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { serveTrial } from './serve-trial.js';

const run = promisify(execFile);
const LIMIT_MS = 120_000;
const FILES = ['trial.js', 'main.js'];
// What a program on a disk needs besides the network.
const DENO = ['run', '--allow-net=127.0.0.1', '--allow-read', '--allow-write', '--allow-env'];
const COMMANDS = [
  { name: 'node', command: process.execPath, args: [] },
  { name: 'bun', command: 'bun', args: [] },
  { name: 'deno', command: 'deno', args: [...DENO, '--node-modules-dir=manual'] },
];
const BROWSERS = ['chromium', 'google-chrome', 'chrome'];

/**
 * Runs the trial in Node, Bun, Deno and Chromium, as far as they are on the PATH; says which are not. `project` has the
 * packages in its node_modules. Gives a line for each, `{ name, skipped?, error?, ms }`.
 */
export async function checkRuntimes(project) {
  for (const file of FILES)
    cpSync(fileURLToPath(new URL(file, import.meta.url)), join(project, file));
  const fakes = await import(
    pathToFileURL(join(project, 'node_modules/@comfygen/executors/dist/testing.js'))
  );
  const fast = await fakes.startFakeComfyui();
  const slow = await fakes.startFakeComfyui({
    timeline: () => ({ stepMs: 50, holds: 'VAEDecode' }),
  });
  const script = await bundle(project);
  const results = [];
  try {
    for (const { name, command, args } of [...COMMANDS, { name: 'chromium' }]) {
      const site = await serveTrial({ script, url: fast.url, slowUrl: slow.url });
      const { origin } = site;
      const startedAt = Date.now();
      const fails = (error) => ({ error: String(error.stderr || (error.stack ?? error)) });
      const found = command === undefined ? await find(BROWSERS) : await find([command]);
      const work = () =>
        command === undefined
          ? inBrowser(found, site)
          : run(found, [...args, 'main.js', `${origin}/fast`, `${origin}/slow`], {
              ...{ cwd: project, timeout: LIMIT_MS },
            });
      const outcome =
        found === undefined ? { skipped: true } : await work().then(() => ({}), fails);
      results.push({ name, ...outcome, ms: Date.now() - startedAt });
      site.close();
    }
  } finally {
    await Promise.all([fast.close(), slow.close()]);
  }
  return results;
}

async function bundle(project) {
  const fromTsup = createRequire(createRequire(import.meta.url).resolve('tsup'));
  const { outputFiles } = await fromTsup('esbuild').build({
    entryPoints: [join(project, 'trial.js')],
    ...{ bundle: true, format: 'esm', platform: 'browser', write: false, logLevel: 'error' },
  });
  return outputFiles[0].text;
}

async function find(names) {
  for (const name of names) {
    const works = await run(name, ['--version']).then(
      () => true,
      () => false,
    );
    if (works) return name;
  }
  return undefined;
}

async function inBrowser(command, { origin, outcome }) {
  const profile = mkdtempSync(join(tmpdir(), 'comfygen-chromium-'));
  const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking'];
  const child = spawn(command, [...flags, `--user-data-dir=${profile}`, `${origin}/`], {
    ...{ stdio: 'ignore', timeout: LIMIT_MS },
  });
  const gone = new Promise((resolve) => {
    child.on('error', (error) => resolve({ error: String(error) }));
    child.on('exit', (code, signal) => resolve({ error: `It ended: ${code ?? signal}.` }));
  });
  const { error } = await Promise.race([outcome, gone]);
  child.kill();
  await gone;
  try {
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  } catch {
    // Its helper processes may write on for a moment: what is left in the temporary folder says nothing of the trial.
  }
  if (error) throw new Error(error);
}
