// `pnpm campaign NAME --trials N --seed S` runs campaigns/NAME.ts from the sources; it prints one line of JSON.
import './check-node.js';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const [name = '', ...args] = process.argv.slice(2);
const program = fileURLToPath(new URL(`../campaigns/${name}.ts`, import.meta.url));
if (!/^[a-z-]+$/.test(name) || !existsSync(program)) {
  console.error('pnpm campaign NAME [--trials N] [--seed S]: a program of the folder campaigns');
  process.exit(2);
}
const flags = ['--conditions=comfygen-source', '--disable-warning=ExperimentalWarning'];
const child = spawn(process.execPath, [...flags, program, ...args], { stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('exit', (code) => {
  process.exitCode = code ?? 1;
});
