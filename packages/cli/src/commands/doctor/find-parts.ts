import { readFileSync } from 'node:fs';

const PACKAGES = [
  'comfygen',
  '@comfygen/selectors',
  '@comfygen/scorers',
  '@comfygen/executors',
  '@comfygen/embedded',
  '@comfygen/llm',
  '@comfygen/lab',
  '@comfygen/workflows',
];

/** A package of comfygen and its version; `null` where it is not installed. */
export interface FoundPart {
  name: string;
  version: string | null;
}

/** Which packages of comfygen are installed here, by their manifests; nothing is loaded. */
export function findParts(): FoundPart[] {
  return PACKAGES.map((name) => ({ name, version: versionOf(name) }));
}

function versionOf(name: string): string | null {
  try {
    const manifest = readFileSync(new URL(import.meta.resolve(`${name}/package.json`)), 'utf8');
    return (JSON.parse(manifest) as { version: string }).version;
  } catch {
    return null;
  }
}
