// Runs the CLI from its TypeScript sources; pnpm puts the bundled Node first on the PATH.
import './check-node.js';
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const entry = fileURLToPath(new URL('../packages/cli/src/bin.ts', import.meta.url));
const flags = ['--conditions=comfygen-source', '--disable-warning=ExperimentalWarning'];
const child = spawn(process.execPath, [...flags, entry, ...process.argv.slice(2)], {
  stdio: 'inherit',
  // pnpm runs scripts in the repository's root; paths that the user typed mean their own folder.
  cwd: process.env.INIT_CWD ?? process.cwd(),
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => {
  process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 1);
});
