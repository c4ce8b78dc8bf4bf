import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { parseInPieces } from 'comfygen/http';
import { ComfygenError } from 'comfygen/plugin';

/** The sets of emoji art, by the name of their npm package under `@iconify-json/`. */
export type ArtSet = 'noto' | 'fluent-emoji-flat' | 'fluent-emoji-high-contrast';

/** Drawings of one set. */
export interface IconSet {
  readonly name: ArtSet;
  has(icon: string): boolean;
  /** The drawing as a square SVG document; `color` fills the sets that have but one colour. */
  svg(icon: string, color?: string): string;
}

interface IconFile {
  width?: number;
  height?: number;
  icons: Record<string, { body: string; width?: number }>;
}

const require = createRequire(import.meta.url);
const loaded = new Map<ArtSet, Promise<IconSet>>();

/** Reads a set once per process. Throws FILE_ACCESS where its package is not installed. */
export function loadIconSet(name: ArtSet): Promise<IconSet> {
  let set = loaded.get(name);
  if (set === undefined) {
    set = readIconSet(name);
    loaded.set(name, set);
  }
  return set;
}

/** Reads a JSON file of an npm package. */
export async function readPackageJson<T>(path: string): Promise<T> {
  try {
    // The largest has 25 MB, which would hold up its thread for a tenth of a second.
    return (await parseInPieces(await readFile(require.resolve(path), 'utf8'))) as T;
  } catch (cause) {
    throw new ComfygenError(
      'FILE_ACCESS',
      `The emoji art of ${path} cannot be read: install the dependencies of @comfygen/embedded.`,
      { cause },
    );
  }
}

async function readIconSet(name: ArtSet): Promise<IconSet> {
  const file = await readPackageJson<IconFile>(`@iconify-json/${name}/icons.json`);
  // Iconify's default where a set states no size is 16.
  const setSize = file.width ?? file.height ?? 16;
  const has = (icon: string) => Object.hasOwn(file.icons, icon);
  return {
    name,
    has,
    svg(icon, color = '#1c1c22') {
      const found = has(icon) ? file.icons[icon] : undefined;
      if (found === undefined) {
        throw new ComfygenError('MISSING_MODEL', `The art set ${name} has no drawing "${icon}".`);
      }
      const side = found.width ?? setSize;
      return (
        `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" ` +
        `viewBox="0 0 ${side} ${side}" color="${color}">${found.body}</svg>`
      );
    },
  };
}
