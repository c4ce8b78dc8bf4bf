// P8: what an install weighs. Build first (pnpm build); node --conditions=comfygen-source bench/weight.ts
import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { quantile, round } from './harness/judge.ts';

const IMPORTS = 7;
const root = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string) => JSON.parse(readFileSync(path, 'utf8'));
const require = createRequire(join(root, 'package.json'));
// The bundler that tsup brings along.
const { buildSync } = createRequire(require.resolve('tsup'))('esbuild') as {
  buildSync(options: object): { outputFiles: { contents: Uint8Array }[] };
};

interface Subject {
  name: string;
  dependencies: Record<string, string>;
  /** What a host imports, by module. */
  uses: Record<string, string[]>;
}

const peers: Record<string, string> = read(join(root, 'bench/peers/package.json')).dependencies;
const peer = (name: string, uses: string[]): Subject => ({
  name,
  dependencies: { [name]: peers[name]! },
  uses: { [name]: uses },
});

function run(cwd: string, command: string, ...args: string[]): string {
  return execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Tarballs as the registry would get them. */
function pack(into: string): Record<string, string> {
  const packages = { comfygen: 'core', '@comfygen/executors': 'executors' };
  const files = Object.entries(packages).map(([name, folder]) => {
    const file = join(into, `${folder}.tgz`);
    run(join(root, 'packages', folder), 'npx', '-y', 'pnpm@12.21.0', 'pack', '--out', file);
    return [name, `file:${file}`];
  });
  return Object.fromEntries(files);
}

/** All packages of an install with their size in bytes; those within others too. */
function listPackages(modules: string): Map<string, number> {
  const found = new Map<string, number>();
  const visit = (folder: string) => {
    for (const name of readdirSync(folder)) {
      if (name.startsWith('.')) continue;
      const path = join(folder, name);
      if (name.startsWith('@')) visit(path);
      else {
        found.set(path.slice(modules.length + 1), sizeOf(path));
        const inner = join(path, 'node_modules');
        if (statSync(inner, { throwIfNoEntry: false })) visit(inner);
      }
    }
  };
  visit(modules);
  return found;
}

/** Without packages inside it: they count for themselves. */
function sizeOf(folder: string): number {
  return readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'node_modules' ? sum : sum + sizeOf(path);
    return entry.isFile() ? sum + statSync(path).size : sum;
  }, 0);
}

/** Milliseconds of an import in a fresh process, after those of `before`. */
function timeImport(folder: string, names: string[], before: string[]) {
  const code = [
    ...before.map((name) => `await import('${name}');`),
    'const began = performance.now(); const cpu = process.cpuUsage();',
    ...names.map((name) => `await import('${name}');`),
    'const { user, system } = process.cpuUsage(cpu);',
    'console.log(performance.now() - began, (user + system) / 1_000); process.exit();',
  ].join('\n');
  writeFileSync(join(folder, 'time.mjs'), code);
  const times = Array.from({ length: IMPORTS }, () => {
    const lines = run(folder, process.execPath, 'time.mjs').trim().split('\n');
    return lines.at(-1)!.split(' ').map(Number);
  });
  const spread = (values: number[]) => ({
    median: quantile(values, 0.5),
    least: quantile(values, 0),
    most: quantile(values, 1),
  });
  return {
    wall: spread(times.map(([wall = 0]) => wall)),
    cpu: spread(times.map(([, cpu = 0]) => cpu)),
  };
}

function bundle(folder: string, uses: Subject['uses'], platform: string, external: string[] = []) {
  const lines = Object.entries(uses).map(([name, what]) => `export { ${what} } from '${name}';`);
  const entry = join(folder, 'entry.mjs');
  writeFileSync(entry, lines.join('\n'));
  try {
    const { outputFiles } = buildSync({
      entryPoints: [entry],
      bundle: true,
      minify: true,
      format: 'esm',
      platform,
      external,
      write: false,
      logLevel: 'silent',
    });
    const { contents } = outputFiles[0]!;
    return { kb: round(contents.length / 1_000), gzipKb: round(gzipSync(contents).length / 1_000) };
  } catch (error) {
    const { errors = [] } = error as { errors?: { text: string }[] };
    return { fails: [...new Set(errors.map(({ text }) => text))].slice(0, 5) };
  }
}

function weigh({ name, dependencies, uses }: Subject) {
  const folder = mkdtempSync(join(tmpdir(), 'comfygen-weight-'));
  const manifest = { private: true, type: 'module', dependencies, overrides: {} };
  // Until they are published, the package inside the tarball must be found on disk too.
  if (dependencies['comfygen']) manifest.overrides = { comfygen: dependencies['comfygen'] };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  run(folder, 'npm', 'install', '--no-audit', '--no-fund');
  const packages = listPackages(join(folder, 'node_modules'));
  const zod = packages.get('zod') ?? 0;
  const all = [...packages.values()].reduce((sum, size) => sum + size, 0);
  const names = Object.keys(uses);
  const weight = {
    name,
    packages: packages.size,
    installMb: round(all / 1e6),
    ...(zod > 0 && {
      packagesBesideZod: packages.size - 1,
      installMbBesideZod: round((all - zod) / 1e6),
      importMsBesideZod: timeImport(folder, names, ['zod']),
      zodImportMs: timeImport(folder, ['zod'], []),
      nodeBesideZod: bundle(folder, uses, 'node', ['zod']),
      browserBesideZod: bundle(folder, uses, 'browser', ['zod']),
      list: Object.fromEntries([...packages].map(([key, size]) => [key, round(size / 1e6)])),
    }),
    importMs: timeImport(folder, names, []),
    node: bundle(folder, uses, 'node'),
    browser: bundle(folder, uses, 'browser'),
  };
  rmSync(folder, { recursive: true, force: true });
  console.error(`${name}: ${weight.packages} packages, ${weight.installMb} MB`);
  return weight;
}

const tarballs = mkdtempSync(join(tmpdir(), 'comfygen-tarballs-'));
const zodRange: string = read(join(root, 'packages/core/package.json')).peerDependencies.zod;
const subjects: Subject[] = [
  {
    name: 'comfygen + @comfygen/executors',
    dependencies: { ...pack(tarballs), zod: zodRange },
    uses: {
      comfygen: ['createComfyGen', 'defineFlow'],
      '@comfygen/executors/comfyui': ['comfyui'],
    },
  },
  peer('@saintno/comfyui-sdk', ['ComfyApi', 'CallWrapper', 'PromptBuilder']),
  peer('@stable-canvas/comfyui-client', ['Client', 'Workflow']),
  peer('comfy-ui-client', ['ComfyUIClient']),
];
const result = {
  scenario: 'P8',
  at: new Date().toISOString(),
  commit: run(root, 'git', 'rev-parse', '--short', 'HEAD').trim(),
  node: process.version,
  npm: run(root, 'npm', '--version').trim(),
  imports: IMPORTS,
  runs: subjects.map(weigh),
};
rmSync(tarballs, { recursive: true, force: true });
mkdirSync(new URL('results/', import.meta.url), { recursive: true });
writeFileSync(
  new URL('results/p8.json', import.meta.url),
  `${JSON.stringify(result, undefined, 1)}\n`,
);
