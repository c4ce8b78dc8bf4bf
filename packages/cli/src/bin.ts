#!/usr/bin/env node
// This file must parse and run on old Nodes too, to say what is wrong: it imports nothing at the top.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

if (major < 22 || (major === 22 && minor < 14)) {
  process.stderr.write(
    `error UNSUPPORTED: comfygen needs Node 22.14 or newer; this is ${process.versions.node}.\n` +
      '  Get one from https://nodejs.org, or run it with another Node once:\n' +
      '  npx -y -p node@22 -p @comfygen/cli comfygen --help\n',
  );
  process.exitCode = 1;
} else {
  const { main } = await import('./main.ts');
  process.exitCode = await main(process.argv.slice(2));
}

export {};
