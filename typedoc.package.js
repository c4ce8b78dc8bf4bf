import { packageEntries } from './scripts/package-entries.ts';

/** How the reference of one package is made. */
export function reference(folder, extra = {}) {
  return {
    entryPoints: packageEntries(folder).map(({ source }) => source),
    tsconfig: '../../tsconfig.json',
    ...extra,
  };
}
