/** Inside the repo every entry leads to its TypeScript source first; the tarballs hold only what was built. */
const SOURCE = 'comfygen-source';

function withoutSources(entry) {
  if (typeof entry === 'string') return entry;
  const { [SOURCE]: _source, ...published } = entry;
  return published;
}

export const hooks = {
  beforePacking(manifest) {
    const { exports } = manifest;
    if (exports === undefined) return manifest;
    const published = Object.entries(exports).map(([name, entry]) => [name, withoutSources(entry)]);
    return { ...manifest, exports: Object.fromEntries(published) };
  },
};
