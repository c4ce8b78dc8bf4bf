// Packs every package as npm would get it, checks the tarballs, and installs them into empty projects
// (npm and pnpm) where they must load as ESM and through require, and the CLI must run. With npm's they must also
// work in Bun, Deno and Chromium, where these are on the PATH.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkRuntimes } from './runtimes/check-runtimes.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const folders = [
  'packages/core',
  'packages/selectors',
  'packages/scorers',
  'packages/executors',
  'packages/embedded',
  'packages/lab',
  'packages/llm',
  'workflows',
  'packages/cli',
];
const out = join(root, '.tarballs');
// pnpm is not on everyone's PATH: it is started as the README starts it.
const pnpm = ['npx', '-y', 'pnpm@12.21.0'];

function run(cwd, [command, ...args], options = {}) {
  return execFileSync(command, args, {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    ...options,
  });
}

function attempt(label, action) {
  try {
    const result = action();
    console.log(`ok   ${label}`);
    return result;
  } catch (error) {
    console.error(`FAIL ${label}\n${error.stdout ?? ''}${error.stderr ?? error.stack}`);
    process.exitCode = 1;
  }
}

rmSync(out, { recursive: true, force: true });
mkdirSync(out);
const tarballs = {};
for (const folder of folders) {
  const { name, exports, bin } = JSON.parse(
    readFileSync(join(root, folder, 'package.json'), 'utf8'),
  );
  const file = join(out, `${name.replace('@', '').replace('/', '-')}.tgz`);
  run(join(root, folder), [...pnpm, 'pack', '--out', file]);
  tarballs[name] = file;
  attempt(`publint ${name}`, () => run(root, ['publint', 'run', file, '--strict']));
  // pnpm puts the root's licence into every tarball; the README is the package's own.
  attempt(`${name} brings README and LICENSE`, () => {
    const listed = run(root, ['tar', '-tzf', file]).split('\n');
    for (const wanted of ['package/README.md', 'package/LICENSE'])
      if (!listed.includes(wanted)) throw new Error(`${wanted} is not in ${file}`);
  });
  // A package that is only a command has no types to check.
  if (!bin && Object.keys(exports).length > 1) {
    attempt(`attw ${name}`, () =>
      run(root, ['attw', file, '--profile', 'esm-only', '--format', 'ascii']),
    );
  }
}

/** Every import path that a package publishes, from its own manifest. */
function entries() {
  return folders.flatMap((folder) => {
    const { name, exports } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
    return Object.keys(exports)
      .filter((key) => key !== './package.json')
      .map((key) => name + key.slice(1));
  });
}

async function tryProject(manager, install, check = () => {}) {
  const dir = mkdtempSync(join(tmpdir(), `comfygen-${manager}-`));
  const dependencies = Object.fromEntries(
    Object.entries(tarballs).map(([name, file]) => [name, `file:${file}`]),
  );
  // Until the packages are published, the ones inside the tarballs must be found on disk too.
  const manifest = {
    name: 'trial',
    private: true,
    type: 'module',
    dependencies: { ...dependencies, zod: '^4.6.7' },
    overrides: dependencies,
  };
  writeFileSync(join(dir, 'package.json'), JSON.stringify(manifest, null, 2));
  const lines = Object.entries(dependencies).map(([name, file]) => `  '${name}': '${file}'`);
  if (manager === 'pnpm')
    writeFileSync(join(dir, 'pnpm-workspace.yaml'), `overrides:\n${lines.join('\n')}\n`);
  attempt(`${manager} installs the tarballs`, () => run(dir, install));
  const list = JSON.stringify(entries());
  writeFileSync(
    join(dir, 'esm.mjs'),
    `for (const name of ${list}) { const m = await import(name); if (!Object.keys(m).length) throw new Error(name + ' is empty'); }`,
  );
  writeFileSync(
    join(dir, 'cjs.cjs'),
    `for (const name of ${list}) { if (!Object.keys(require(name)).length) throw new Error(name + ' is empty'); }`,
  );
  attempt(`${manager}: every entry loads as ESM`, () => run(dir, [process.execPath, 'esm.mjs']));
  attempt(`${manager}: every entry loads through require`, () =>
    run(dir, [process.execPath, 'cjs.cjs']),
  );
  const bin = join(dir, 'node_modules', '.bin', 'comfygen');
  attempt(`${manager}: comfygen --help`, () => run(dir, [bin, '--help']));
  attempt(`${manager}: comfygen generate makes a picture`, () => {
    const result = JSON.parse(
      run(dir, [bin, 'generate', 'a red apple', '--seed', '7', '--json', '--out', 'apple.png']),
    );
    const signature = readFileSync(join(dir, 'apple.png')).subarray(1, 4).toString('latin1');
    if (signature !== 'PNG' || result.images.length !== 1) throw new Error(JSON.stringify(result));
  });
  await check(dir);
  rmSync(dir, { recursive: true, force: true });
}

async function tryRuntimes(dir) {
  for (const { name, skipped, error, ms } of await checkRuntimes(dir)) {
    const label = `${name} makes a picture on a ComfyUI server`;
    if (skipped) console.warn(`SKIPPED ${label}: there is no ${name} on the PATH`);
    else
      attempt(`${label} (${ms} ms)`, () => {
        if (error) throw new Error(error);
      });
  }
}

await tryProject('npm', ['npm', 'install', '--no-audit', '--no-fund'], tryRuntimes);
await tryProject('pnpm', [...pnpm, 'install', '--no-frozen-lockfile']);
