import { ComfygenError } from '../../errors/comfygen-error.ts';
import { invalid } from '../graph.ts';
import { checkKey } from '../read.ts';
import type { Conversion } from './conversion.ts';
import { openGroup } from './group-nodes.ts';
import { groupName, kindOf } from './node-kinds.ts';
import { createWidgetTest, type Override, promotedValues } from './promoted-values.ts';
import { BYPASSED, MUTED, type UiGraph, type UiNode } from './types.ts';

const MAX_NESTING = 64;
const MAX_NODES = 50_000;

/** A graph where it is used: the root, or the inside of one instance of a subgraph. */
export interface Scope {
  graph: UiGraph;
  /** Of the ids of its nodes: `57:` inside instance 57. */
  prefix: string;
  /** The instance that it is the inside of, and where that one stands. */
  host: { scope: Scope; node: UiNode } | undefined;
  /** The insides of its instances, by their ids. */
  inside: Map<string, Scope>;
  /** Values that the instance gives to inputs of the subgraph, by their index. */
  hostValues: Map<number, unknown>;
  /** Values that the instance gives to widgets inside, by node id and widget name. */
  overrides: Map<string, Override[]>;
}

/** A node that is sent, with the id that it has then. */
export interface PlacedNode {
  scope: Scope;
  node: UiNode;
  id: string;
}

/**
 * The nodes that run, subgraphs opened up. Instances that are muted or bypassed stay closed.
 *
 * @throws UNSUPPORTED_FORMAT for group nodes that the file does not define; INVALID_WORKFLOW for subgraphs that are not in the file,
 * contain themselves, or grow without measure.
 */
export function placeNodes(conversion: Conversion): PlacedNode[] {
  const placed: PlacedNode[] = [];
  const isWidget = createWidgetTest(conversion);
  let count = 0;

  function enter(scope: Scope, path: readonly UiGraph[]): void {
    count += scope.graph.nodes.size;
    if (path.length > MAX_NESTING || count > MAX_NODES) {
      throw invalid(
        `The subgraphs open up to more than ${MAX_NODES} nodes or ${MAX_NESTING} levels`,
        {},
      );
    }
    for (const node of scope.graph.nodes.values()) {
      if (node.mode === MUTED || node.mode === BYPASSED) continue;
      const id = checkKey(scope.prefix + node.id);
      const kind = kindOf(node, conversion.file, conversion.catalogue);
      if (kind === 'undefined-subgraph') {
        const message = `Node ${id} is an instance of the subgraph ${node.type}, which the file does not define`;
        throw invalid(message, { nodeId: id });
      }
      if (kind === 'real') placed.push({ scope, node, id });
      if (kind === 'subgraph') enter(open(scope, node, id), [...path, scope.graph]);
      if (kind === 'group') enter(openInstance(scope, node, id), [...path, scope.graph]);
    }
  }

  function open(scope: Scope, node: UiNode, id: string): Scope {
    const graph = conversion.file.subgraphs.get(node.type)!;
    for (let outer: Scope | undefined = scope; outer; outer = outer.host?.scope) {
      if (outer.graph === graph) {
        throw invalid(`Node ${id}: the subgraph "${graph.name}" contains itself`, { nodeId: id });
      }
    }
    const inside: Scope = {
      ...createScope(graph, `${id}:`),
      host: { scope, node },
      ...promotedValues(node, graph, scope.overrides.get(node.id) ?? [], (index) =>
        isWidget(graph, index),
      ),
    };
    scope.inside.set(node.id, inside);
    return inside;
  }

  function openInstance(scope: Scope, node: UiNode, id: string): Scope {
    const opened = openGroup(conversion, node, scope.overrides.get(node.id) ?? []);
    if (opened === undefined) throw isGroup(id, node);
    const { graph, overrides } = opened;
    const inside: Scope = { ...createScope(graph, `${id}:`), host: { scope, node }, overrides };
    scope.inside.set(node.id, inside);
    return inside;
  }

  enter(createScope(conversion.file.root, ''), []);
  return placed;
}

function createScope(graph: UiGraph, prefix: string): Scope {
  const none = { hostValues: new Map(), overrides: new Map() };
  return { graph, prefix, host: undefined, inside: new Map(), ...none };
}

function isGroup(nodeId: string, { type }: UiNode): ComfygenError {
  const name = groupName(type) ?? type;
  return new ComfygenError(
    'UNSUPPORTED_FORMAT',
    `Node ${nodeId} is the group node "${name}", which the file does not define as this node has it. In ComfyUI convert it to a subgraph or to nodes, or choose "Export (API)".`,
    { details: { nodeId, group: name } },
  );
}
