import { z } from 'zod';
import { ComfygenError } from '../../errors/comfygen-error.ts';
import type { NodeCatalogue, Warning, Workflow, WorkflowNode } from '../../spec/index.ts';
import { isObject } from '../../util/is-object.ts';
import { readAs } from '../../util/read-as.ts';
import { invalid } from '../graph.ts';
import { parseWorkflow } from '../read.ts';
import { buildNode } from './build-node.ts';
import { checkSockets } from './check-sockets.ts';
import { givenTypes } from './class-inputs.ts';
import { type Conversion, type ConvertOptions, type Place, warn } from './conversion.ts';
import { classOf, groupName } from './node-kinds.ts';
import { readUiFile } from './read-file.ts';
import { type PlacedNode, placeNodes } from './scopes.ts';
import { BYPASSED, MUTED, type UiNode } from './types.ts';

/** A workflow in API format, and all that was left out, set by default or changed on the way to it. */
export interface ConvertedWorkflow {
  workflow: Workflow;
  warnings: Warning[];
}

const convertOptions = z.strictObject({
  choiceSeed: z.number().nullable().default(0),
} satisfies Record<keyof ConvertOptions, z.ZodType>);

/**
 * The API format of a workflow that was saved in ComfyUI's editor (UI format, version 0.4 or 1.0): what the
 * editor would send to the server. `catalogue` is the server's `GET /object_info`; it names the values, which the
 * file only lists. Takes text, or an object that was parsed elsewhere, which is not touched. Nodes inside
 * subgraphs get the ids of the instances before theirs (`57:13`). Notes, groups, and reroutes are drawing and
 * go without a warning.
 *
 * @throws MISSING_NODE with every class that the catalogue lacks, those aside that no link touches; UNSUPPORTED_FORMAT
 * for a file in API format, and for group nodes and sends of Use Everywhere that it does not describe;
 * INVALID_WORKFLOW for what is no UI format, for links and subgraphs in circles, and where every output lacks a link
 * that it can't run without.
 */
export function convertWorkflow(
  ui: string | object,
  catalogue: NodeCatalogue,
  options: ConvertOptions = {},
): ConvertedWorkflow {
  if (!isObject(catalogue)) {
    throw new ComfygenError(
      'INVALID_OPTIONS',
      'The catalogue must be an answer of GET /object_info.',
    );
  }
  const { choiceSeed } = readAs(convertOptions, options, {
    what: 'convertWorkflow',
    code: 'INVALID_OPTIONS',
  });
  const conversion: Conversion = {
    file: readUiFile(ui),
    catalogue,
    choiceSeed,
    givenTypes: givenTypes(catalogue),
    warnings: [],
  };
  const placed = placeNodes(conversion);
  const classes = findClasses(conversion, placed);
  sayModes(conversion);
  const nodes = [...classes].map(([one, classType]): [string, WorkflowNode] => {
    return [one.id, buildNode(conversion, one, classType)];
  });
  if (nodes.length === 0)
    throw invalid('Nothing in the file runs: it has no nodes that are sent', {});
  const workflow = parseWorkflow(Object.fromEntries(nodes));
  checkSockets(conversion, workflow);
  return { workflow, warnings: conversion.warnings };
}

function findClasses(
  conversion: Conversion,
  placed: readonly PlacedNode[],
): Map<PlacedNode, string> {
  const classes = new Map<PlacedNode, string>();
  const missing = new Map<string, string[]>();
  for (const one of placed) {
    const { type } = one.node;
    const classType = classOf(one.node, conversion.catalogue);
    const place = { nodeId: one.id, classType: type };
    if (isSender(one.node) && one.scope.graph.sendsListed !== true) throw unlistedSends(place);
    if (classType === undefined && (isSender(one.node) || !isTouched(one))) {
      const what = isSender(one.node)
        ? 'what it sends is linked, and the catalogue lacks the node, which was left out'
        : 'the catalogue lacks it and no link touches it, so it was left out';
      warn(conversion, 'node-dropped', place, what);
    } else if (classType === undefined) missing.set(type, [...(missing.get(type) ?? []), one.id]);
    else classes.set(one, classType);
    if (classType !== undefined && classType !== type) {
      warn(conversion, 'class-renamed', place, `it is sent as ${classType}`);
    }
  }
  if (missing.size > 0) throw missingNodes(missing, packsIn(placed));
  return classes;
}

/** Nodes of Use Everywhere, which hand on what feeds them without drawn links. */
const isSender = ({ type, inputs }: UiNode) =>
  /\bEverywhere\b/.test(type) && inputs.some(({ link }) => link !== undefined);

function unlistedSends({ nodeId, classType }: Place): ComfygenError {
  return new ComfygenError(
    'UNSUPPORTED_FORMAT',
    `Node ${nodeId} (${classType}) sends values without links, and the file does not list where to (extra.ue_links). In ComfyUI save it again with that node pack, convert its sends to links, or choose "Export (API)".`,
    { details: { nodeId } },
  );
}

/** Whether a link begins or ends at a node; one that none touches is a note to whoever draws. */
function isTouched({ scope, node }: PlacedNode): boolean {
  // What feeds a node of a group is known by its class alone.
  if (groupName(scope.host?.node.type ?? '') !== undefined) return true;
  return [...scope.graph.links.values()].some(
    ({ originId, targetId }) => originId === node.id || targetId === node.id,
  );
}

/** The node packs of classes, as the editor notes them with each node: a name of the registry, or a repository. */
function packsIn(placed: readonly PlacedNode[]): Map<string, string> {
  const packs = new Map<string, string>();
  for (const { node } of placed) {
    const pack = node.properties['cnr_id'] ?? node.properties['aux_id'];
    if (typeof pack === 'string') packs.set(node.type, pack);
  }
  return packs;
}

function missingNodes(
  missing: ReadonlyMap<string, string[]>,
  packs: ReadonlyMap<string, string>,
): ComfygenError {
  const names = [...missing].map(([type, ids]) => {
    const pack = packs.get(type);
    return `${type} (node ${ids.slice(0, 5).join(', ')}${pack === undefined ? '' : ` of ${pack}`})`;
  });
  const shown = names.slice(0, 20).join('; ');
  return new ComfygenError('MISSING_NODE', `The catalogue lacks these classes: ${shown}.`, {
    details: {
      classes: [...missing.keys()],
      nodes: Object.fromEntries(missing),
      packs: Object.fromEntries([...packs].filter(([type]) => missing.has(type))),
    },
  });
}

/** One warning for all muted nodes and one for all bypassed ones, those inside subgraphs by the definition's ids. */
function sayModes({ file, warnings }: Conversion): void {
  const nodes = [file.root, ...file.subgraphs.values()].flatMap((graph) => [
    ...graph.nodes.values(),
  ]);
  const modes = [
    [MUTED, 'node-muted', 'muted and left out'],
    [BYPASSED, 'node-bypassed', 'bypassed'],
  ] as const;
  for (const [mode, code, what] of modes) {
    const nodeIds = nodes.filter((node) => node.mode === mode).map(({ id }) => id);
    if (nodeIds.length === 0) continue;
    const verb = nodeIds.length === 1 ? 'Node' : 'Nodes';
    const message = `${verb} ${nodeIds.join(', ')}: ${what}.`;
    warnings.push({ code, message, details: { nodeIds } });
  }
}
