import { basename, dirname, extname, join, relative, sep } from 'node:path';

/** A flow that needs an id: where it lies, and the folder that was given, if it was found in one. */
export interface Named {
  path: string;
  root: string | undefined;
}

/** A library's flow is named by its folder, an export by its file. */
export function nameOf(path: string): string {
  const file = basename(path, extname(path));
  return (file === 'workflow' && basename(dirname(path))) || file;
}

/**
 * An id for each, made of its name. Those of one name are told apart by their kind of file where they lie side by
 * side (`portrait`, `portrait-png`), by their folders (`fast-portrait`, `fine-portrait`) as far out as it takes, and
 * in the end by a number.
 */
export function nameFlows(items: readonly Named[]): string[] {
  const stems = items.map(({ path }) => join(dirname(path), nameOf(path)));
  const twins = repeated(stems);
  const chains = items.map((item, index) => {
    const kind = twins.has(stems[index]!) ? extname(item.path).replace(/^\.json$/i, '') : '';
    return [nameOf(item.path) + kind, ...foldersOf(item)];
  });
  const longest = Math.max(0, ...chains.map(({ length }) => length));
  const ids = chains.map(([name = '']) => idOf(name));
  for (let depth = 2; depth <= longest; depth += 1) {
    const shared = repeated(ids);
    for (const [index, id] of ids.entries()) {
      if (shared.has(id)) ids[index] = idOf(chains[index]!.slice(0, depth).reverse().join('-'));
    }
  }
  const taken = new Set<string>();
  return ids.map((id) => {
    let free = id;
    for (let number = 2; taken.has(free); number += 1) free = `${id}-${number}`;
    taken.add(free);
    return free;
  });
}

function repeated(texts: readonly string[]): Set<string> {
  const seen = new Set<string>();
  return new Set(texts.filter((text) => seen.size === seen.add(text).size));
}

/** The folders around a flow from the inside out, as far as the one that was given. */
function foldersOf({ path, root }: Named): string[] {
  const isLibrarys = basename(path, extname(path)) === 'workflow';
  const folder = dirname(isLibrarys ? dirname(path) : path);
  return relative(root ?? dirname(folder), folder)
    .split(sep)
    .filter(Boolean)
    .reverse();
}

/** `My Flow (v2)` becomes `my-flow-v2`; a letter that a-z can't spell becomes its code point, as `u732b`. */
function idOf(name: string): string {
  const plain = name.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase();
  const spelled = plain.replaceAll(/[^\p{ASCII}]/gu, (letter) =>
    /\p{L}|\p{N}/u.test(letter) ? `-u${letter.codePointAt(0)?.toString(16)}-` : '-',
  );
  return spelled.replaceAll(/[^a-z0-9]+/g, '-').replaceAll(/^-|-$/g, '') || 'workflow';
}
