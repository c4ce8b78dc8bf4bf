import { ComfygenError } from 'comfygen';
import { readText } from '../input/read-input.ts';
import type { Io } from '../terminal/io.ts';

/** A node pack, and those of the missing classes that it brings. */
export interface NodePack {
  title: string;
  url: string;
  classes: string[];
}

/**
 * The packs that bring these classes by a list of ComfyUI-Manager's form (`extension-node-map.json`): by address the
 * classes, and facts such as a title and a pattern of more class names. @throws INVALID_OPTIONS for any other file
 */
export async function findNodePacks(
  classes: readonly string[],
  file: string,
  io: Io,
): Promise<NodePack[]> {
  const entries = readEntries(file, await readText(file, io));
  return entries.flatMap(([url, [names, facts]]): NodePack[] => {
    const pattern = patternOf(facts?.['nodename_pattern']);
    const brought = classes.filter((name) => names.includes(name) || pattern?.test(name));
    const title = facts?.['title_aux'] ?? facts?.['title'];
    return brought.length === 0
      ? []
      : [{ title: typeof title === 'string' ? title : url, url, classes: brought }];
  });
}

type Entry = [names: unknown[], facts: Record<string, unknown> | undefined];

function readEntries(file: string, text: string): [url: string, entry: Entry][] {
  try {
    const entries = Object.entries(JSON.parse(text) as Record<string, Entry>);
    if (entries.every(([, entry]) => Array.isArray(entry?.[0]))) return entries;
  } catch {
    // Said below, as of any other file.
  }
  const hint =
    'Save one with: curl -sO https://raw.githubusercontent.com/ltdrdata/ComfyUI-Manager/main/extension-node-map.json';
  const message = `${file} is no list of node packs in the form of ComfyUI-Manager’s extension-node-map.json.`;
  throw new ComfygenError('INVALID_OPTIONS', message, { details: { hint } });
}

function patternOf(pattern: unknown): RegExp | undefined {
  try {
    return typeof pattern === 'string' ? new RegExp(pattern) : undefined;
  } catch {
    return undefined;
  }
}

/** The packs as lines for a person, and the classes that no pack of the list brings. */
export function renderNodePacks(
  packs: readonly NodePack[],
  classes: readonly string[],
  { outColors: colors }: Io,
): string {
  const lines = packs.map(
    ({ title, url, classes: brought }) =>
      `  ${colors.bold(title)}  ${url}\n    ${colors.dim(brought.join(', '))}\n`,
  );
  const rest = classes.filter((name) => !packs.some((pack) => pack.classes.includes(name)));
  const unknown = rest.length === 0 ? '' : `  in no listed pack: ${rest.join(', ')}\n`;
  return `\nNode packs\n${lines.join('')}${unknown}`;
}
