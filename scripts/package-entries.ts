// A package states its entries once, as `exports` of its package.json; build, reference and tests read them there.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One entry of a package that is built. */
export interface PackageEntry {
  /** What is imported: `comfygen/plugin`. */
  name: string;
  /** Its TypeScript file, below the package's folder. */
  source: string;
  /** Its file in `dist`, without the ending. */
  built: string;
}

interface Manifest {
  name: string;
  exports: { [key: string]: string | { 'comfygen-source'?: string; default: string } };
}

/** The entries of the package in `folder`, in the order of its manifest. */
export function packageEntries(folder: string): PackageEntry[] {
  const manifest = readFileSync(join(folder, 'package.json'), 'utf8');
  const { name, exports } = JSON.parse(manifest) as Manifest;
  return Object.entries(exports).flatMap(([key, entry]) => {
    const source = typeof entry === 'string' ? undefined : entry['comfygen-source'];
    if (typeof entry === 'string' || source === undefined) return [];
    const built = entry.default.replace(/^\.\/dist\/|\.js$/g, '');
    return [{ name: name + key.slice(1), source: source.replace('./', ''), built }];
  });
}
