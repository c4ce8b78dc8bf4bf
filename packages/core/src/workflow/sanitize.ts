import type { NodeCatalogue, Warning, Workflow, WorkflowNode } from '../spec/index.ts';
import { copyGraph } from '../util/copy-graph.ts';
import { isObject } from '../util/is-object.ts';
import { findOutputNodes, isLink, reachableNodes } from './graph.ts';
import { own, show } from './json-shape.ts';
import { declaredInputs, isOpenEnded } from './validate/declared-inputs.ts';

/** One thing that sanitising changed. */
export interface SanitizeChange {
  code:
    | 'node-dropped'
    | 'key-dropped'
    | 'inputs-added'
    | 'title-added'
    | 'input-dropped'
    | 'link-dropped'
    | 'slot-corrected'
    | 'orphan-dropped';
  nodeId: string;
  input?: string | undefined;
  /** One sentence for a person. */
  message: string;
}

/** A cleaned graph, and what was changed; no changes for one that is clean already. */
export interface SanitizedWorkflow {
  workflow: Workflow;
  changes: SanitizeChange[];
}

/**
 * A copy that can't wedge a server: no links to nowhere, none in inputs that a class of ComfyUI's own doesn't
 * declare (the server runs them unchecked), no output counted from the end, no node that leads to no output, no
 * keys besides `class_type`, `inputs` and `_meta`; every node has an inputs object and a title. All else stays:
 * literals that the server ignores, and what a class of a node pack takes or gives beyond its declaration. What a
 * class requires and lost is for `validateWorkflow` to say.
 */
export function sanitizeWorkflow(
  workflow: { [nodeId: string]: unknown },
  catalogue: NodeCatalogue,
): SanitizedWorkflow {
  const changes: SanitizeChange[] = [];
  const nodes = Object.entries(workflow).flatMap(([nodeId, node]): [string, WorkflowNode][] => {
    if (typeof own(node, 'class_type') === 'string') {
      return [[nodeId, shapeNode(nodeId, node as WorkflowNode, changes)]];
    }
    const message = `"${nodeId}" is no node and was dropped.`;
    changes.push({ code: 'node-dropped', nodeId, message });
    return [];
  });
  const shaped: Workflow = Object.fromEntries(nodes);
  for (const id of Object.keys(shaped)) cleanInputs(shaped, id, catalogue, changes);
  return { workflow: dropOrphans(shaped, catalogue, changes), changes };
}

function shapeNode(nodeId: string, node: WorkflowNode, changes: SanitizeChange[]): WorkflowNode {
  const { class_type } = node;
  const note = (code: SanitizeChange['code'], message: string) => {
    changes.push({ code, nodeId, message: `Node ${nodeId} (${class_type}): ${message}.` });
  };
  for (const key of Object.keys(node)) {
    if (!['class_type', 'inputs', '_meta'].includes(key))
      note('key-dropped', `"${key}" was dropped`);
  }
  const hasInputs = isObject(node.inputs);
  if (!hasInputs) note('inputs-added', 'an inputs object was added');
  const meta = isObject(node._meta) ? node._meta : {};
  const hasTitle = typeof meta['title'] === 'string';
  if (!hasTitle) note('title-added', 'its class was set as the title');
  return {
    class_type,
    inputs: hasInputs ? copyGraph(node.inputs, 1) : {},
    _meta: { ...copyGraph(meta, 1), title: hasTitle ? (meta['title'] as string) : class_type },
  };
}

function cleanInputs(
  workflow: Workflow,
  nodeId: string,
  catalogue: NodeCatalogue,
  changes: SanitizeChange[],
): void {
  const { class_type, inputs } = workflow[nodeId]!;
  const note = (code: SanitizeChange['code'], input: string, what: string) => {
    const message = `Node ${nodeId} (${class_type}).${input}: ${what}.`;
    changes.push({ code, nodeId, input, message });
  };
  const info = own(catalogue, class_type);
  const before = isObject(info) ? declaredInputs(info, inputs) : undefined;
  for (const [input, value] of Object.entries(inputs)) {
    // Where nothing is declared, only what has the form of a link is one.
    if (!Array.isArray(value) || !(isLink(value) || before?.has(input))) continue;
    const slot = correctSlot(workflow, catalogue, value);
    if (slot === undefined) {
      delete inputs[input];
      const link = value.map(show).join(', ');
      note('link-dropped', input, `its link [${link}] leads nowhere and was dropped`);
    } else if (slot !== value[1]) {
      inputs[input] = [value[0] as string, slot];
      note('slot-corrected', input, `output ${show(value[1])} was written as ${slot}`);
    }
  }
  if (!isObject(info) || isOpenEnded(info)) return;
  // Last, because what a class declares may hang on a link that was just dropped.
  const declared = declaredInputs(info, inputs);
  for (const [input, value] of Object.entries(inputs)) {
    if (declared.has(input) || !isLink(value)) continue;
    delete inputs[input];
    note('input-dropped', input, 'the class declares no such input; its link was dropped');
  }
}

/** The output that a link names, counted from the start; `undefined` where there is no such output. */
function correctSlot(
  workflow: Workflow,
  catalogue: NodeCatalogue,
  link: readonly unknown[],
): number | undefined {
  const [source, slot] = link;
  if (link.length !== 2 || typeof source !== 'string' || !Object.hasOwn(workflow, source))
    return undefined;
  const index = typeof slot === 'boolean' ? Number(slot) : slot;
  if (typeof index !== 'number' || !Number.isInteger(index)) return undefined;
  const info = own(catalogue, workflow[source]!.class_type);
  const output = own(info, 'output');
  if (!Array.isArray(output)) return index < 0 ? undefined : index;
  const counted = index < 0 ? index + output.length : index;
  return counted >= 0 && (counted < output.length || isOpenEnded(info)) ? counted : undefined;
}

/** Without any output node nothing is dropped: there is nothing to tell the useful nodes by. */
function dropOrphans(
  workflow: Workflow,
  catalogue: NodeCatalogue,
  changes: SanitizeChange[],
): Workflow {
  const strangers = Object.keys(workflow).filter(
    (id) => own(catalogue, workflow[id]!.class_type) === undefined,
  );
  const outputs = findOutputNodes(workflow, catalogue);
  if (outputs.length === 0) return workflow;
  // A class that the catalogue lacks may be an output.
  const kept = reachableNodes(workflow, [...outputs, ...strangers]);
  for (const nodeId of Object.keys(workflow)) {
    if (kept.has(nodeId)) continue;
    const message = `Node ${nodeId} (${workflow[nodeId]!.class_type}) leads to no output and was dropped.`;
    changes.push({ code: 'orphan-dropped', nodeId, message });
  }
  return Object.fromEntries(Object.entries(workflow).filter(([id]) => kept.has(id)));
}

/** Sends its pictures over the socket of whoever submitted the job; the server keeps nothing of them. */
const SENDS = 'SaveImageWebsocket';
const SAVES = 'SaveImage';

/** The class that runs in a class's place: a picture that a broken socket loses is no result. */
export function keptClass(name: string): string {
  return name === SENDS ? SAVES : name;
}

/**
 * Makes a `SaveImage` of each `SaveImageWebsocket`, in place; one whose pictures another node saves already is left
 * out. Says so in a warning, `websocket-saved`.
 */
export function saveWebsocketImages(workflow: Workflow, filenamePrefix: string): Warning[] {
  const sending = Object.keys(workflow).filter((id) => workflow[id]!.class_type === SENDS);
  if (sending.length === 0) return [];
  const imagesOf = (id: string) => JSON.stringify(workflow[id]!.inputs['images']);
  const saving = Object.keys(workflow).filter((id) => workflow[id]!.class_type === SAVES);
  const saved = new Set(saving.map(imagesOf));
  for (const id of sending) {
    const node = workflow[id]!;
    if (saved.has(imagesOf(id))) delete workflow[id];
    else {
      const inputs = { ...node.inputs, filename_prefix: filenamePrefix };
      workflow[id] = { ...node, class_type: SAVES, inputs };
    }
  }
  const nodes = `node${sending.length === 1 ? '' : 's'} ${sending.join(', ')}`;
  const message = `${SENDS} (${nodes}) keeps no picture on the server, so ${SAVES} runs in its place.`;
  return [{ code: 'websocket-saved', message, details: { nodes: sending } }];
}
