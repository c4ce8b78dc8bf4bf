// Says what to do when the bundled Node did not arrive (install scripts switched off).
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(
    `comfygen needs Node 22.18 or newer to run from its sources; this is ${process.versions.node}.\n` +
      'pnpm normally installs its own copy (the dev dependency "node"). It did not arrive, most often\n' +
      'because install scripts are switched off. Either allow them, or put a newer Node on the PATH:\n' +
      '  npx -y pnpm@12.21.0 install --config.ignore-scripts=false',
  );
  process.exit(1);
}
