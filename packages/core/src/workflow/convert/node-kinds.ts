import type { NodeCatalogue } from '../../spec/index.ts';
import { isObject } from '../../util/is-object.ts';
import { own } from '../json-shape.ts';
import type { UiFile, UiNode } from './types.ts';

/** What a node of the editor is to the server: only a `real` one is sent. */
export type NodeKind =
  | 'real'
  | 'subgraph'
  | 'reroute'
  | 'primitive'
  | 'set'
  | 'get'
  | 'drawing'
  | 'group'
  | 'undefined-subgraph';

/** The editor's own, whatever a server has under the same name. */
const EDITOR = new Map<string, NodeKind>([
  ['Note', 'drawing'],
  ['MarkdownNote', 'drawing'],
  ['Reroute', 'reroute'],
  ['PrimitiveNode', 'primitive'],
]);

/** Those of node packs that live in the browser only. */
const PACKS = new Map<string, NodeKind>([
  ['SetNode', 'set'],
  ['GetNode', 'get'],
  ['easy setNode', 'set'],
  ['easy getNode', 'get'],
  ['Reroute (rgthree)', 'reroute'],
  ...[
    'Label',
    'Bookmark',
    'Fast Muter',
    'Fast Bypasser',
    'Fast Groups Muter',
    'Fast Groups Bypasser',
    'Fast Actions Button',
    'Mute / Bypass Relay',
    'Mute / Bypass Repeater',
    'Node Collector',
    'Random Unmuter',
  ].map((name): [string, NodeKind] => [`${name} (rgthree)`, 'drawing']),
]);

/** The name of a group node, from its type: `workflow>NAME`, in older files `workflow/NAME`. */
export const groupName = (type: string): string | undefined =>
  /^workflow[>/](.*)$/s.exec(type)?.[1];

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The kind of a node, by its type. */
export function kindOf({ type }: UiNode, file: UiFile, catalogue: NodeCatalogue): NodeKind {
  if (file.subgraphs.has(type)) return 'subgraph';
  const editors = EDITOR.get(type);
  if (editors !== undefined) return editors;
  if (isObject(own(catalogue, type))) return 'real';
  if (groupName(type) !== undefined) return 'group';
  return PACKS.get(type) ?? (UUID.test(type) ? 'undefined-subgraph' : 'real');
}

/** The class of a real node; older files name it in a property where `type` is another. */
export function classOf(
  { type, properties }: UiNode,
  catalogue: NodeCatalogue,
): string | undefined {
  const named = properties['Node name for S&R'];
  const names = typeof named === 'string' ? [type, named] : [type];
  // Once a core class had a space at its end.
  names.push(type.trim());
  return names.find((name) => isObject(own(catalogue, name)));
}
