import { readFileSync } from 'node:fs';

/** The version of this package, read from its manifest: beside `src` and beside `dist` alike. */
export function cliVersion(): string {
  const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}
