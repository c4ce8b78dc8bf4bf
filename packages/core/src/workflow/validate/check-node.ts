import type { NodeCatalogue } from '../../spec/index.ts';
import { isObject } from '../../util/is-object.ts';
import { isLink } from '../graph.ts';
import { own, show } from '../json-shape.ts';
import { canonicalValue } from '../write.ts';
import { checkLiteral } from './check-literal.ts';
import {
  type DeclaredInput,
  declaredInputs,
  isDynamicCombo,
  isOpenEnded,
} from './declared-inputs.ts';
import type { Finding, ValidateOptions } from './types.ts';

/** A graph with all that its nodes are checked against. */
export interface Graph {
  nodes: Record<string, unknown>;
  catalogue: NodeCatalogue;
  options: ValidateOptions;
  isSocket: (type: unknown) => boolean;
}

/** What is wrong with one node, and the nodes that the server goes on to from it. */
export interface NodeCheck {
  findings: Finding[];
  /** Ids that its declared links name, in the order of the class's inputs. */
  upstream: string[];
}

type Note = Omit<Finding, 'nodeId' | 'input'>;

/** Checks one node of a known class as the server does, and what the server overlooks. */
export function checkNode(graph: Graph, nodeId: string): NodeCheck {
  const node = graph.nodes[nodeId];
  const classType = String(own(node, 'class_type'));
  const info = own(graph.catalogue, classType);
  const check: NodeCheck = { findings: [], upstream: [] };
  const add = (input: string | undefined, note: Note) => {
    const where = input === undefined ? '' : `.${input}`;
    const message = `Node ${nodeId} (${classType})${where}: ${note.message}.`;
    check.findings.push({ ...note, nodeId, ...(input === undefined ? {} : { input }), message });
  };
  const inputs = own(node, 'inputs');
  if (!isObject(inputs)) {
    // The server fails on such a node, or hangs for good where no output needs it.
    add(undefined, {
      code: 'no-inputs',
      level: 'error',
      effect: 'refuse',
      message: 'has no inputs object',
    });
    return check;
  }
  if (!isObject(info)) return { ...check, upstream: linkedIds(inputs) };
  const declared = declaredInputs(info, inputs);
  for (const input of declared.values()) checkInput(graph, classType, input, inputs, check, add);
  for (const [name, value] of Object.entries(inputs)) {
    if (declared.has(name)) continue;
    for (const note of checkUndeclared(graph, info, name, value)) add(name, note);
  }
  return check;
}

/** The server ignores a literal here, unless a pack's class takes it; what a link names it runs, unchecked. */
function checkUndeclared(graph: Graph, info: unknown, name: string, value: unknown): Note[] {
  const what = 'the class declares no such input';
  const note = (code: Note['code'], rest: string): Note => {
    return { code, level: 'warning', effect: 'accept', message: `${what}${rest}` };
  };
  if (!isOpenEnded(info)) {
    const code = 'undeclared-input';
    if (!isLink(value)) return [note(code, '; this is ignored by the server')];
    return [unsafe(code, `${what}; this is a link that the server runs unchecked`)];
  }
  const rest = ', which classes of node packs may take all the same; it was not checked';
  const kept = note('not-checked', rest);
  if (!isLink(value)) return [kept];
  const input = { name, required: false, type: '*', options: {} };
  // Nobody looks at these links before they run.
  return [
    kept,
    ...checkLink(graph, input, value).map((one): Note => ({ ...one, effect: 'accept' })),
  ];
}

function checkInput(
  graph: Graph,
  classType: string,
  input: DeclaredInput,
  inputs: Record<string, unknown>,
  check: NodeCheck,
  add: (input: string, note: Note) => void,
): void {
  const { name, required } = input;
  const isAbsent = !Object.hasOwn(inputs, name);
  // Without one of its keys the server takes such an input for undeclared, and the node fails when it runs.
  if (isAbsent && !(required && isDynamicCombo(input))) {
    if (required) add(name, refused('missing-input', 'this required input is missing'));
    return;
  }
  const value = inputs[name];
  if (Array.isArray(value) && !isDynamicCombo(input)) {
    for (const note of checkLink(graph, input, value)) add(name, note);
    if (typeof value[0] === 'string' && Object.hasOwn(graph.nodes, value[0])) {
      check.upstream.push(value[0]);
    }
    return;
  }
  const notes = checkLiteral({
    classType,
    input,
    value,
    options: graph.options,
    isSocket: graph.isSocket,
  });
  // A community class may bring a validator of its own that takes what its lists and ranges don't.
  const isCommunity = /^custom_nodes\b/.test(
    String(own(graph.catalogue[classType], 'python_module')),
  );
  for (const note of notes) {
    const overruled = isCommunity && OVERRULED.has(note.code) && note.effect === 'refuse';
    add(name, overruled ? { ...note, effect: 'unknown' } : note);
  }
}

const OVERRULED = new Set(['below-min', 'above-max', 'not-in-list']);

function checkLink(graph: Graph, input: DeclaredInput, link: unknown[]): Note[] {
  if (link.length !== 2) {
    return [
      refused('bad-link', `a list here must be a link [node id, output], not ${link.length} items`),
    ];
  }
  const [source, slot] = link;
  if (typeof source !== 'string' || !Object.hasOwn(graph.nodes, source)) {
    const named = typeof source === 'string' ? source : show(source);
    return [refused('bad-link', `it is linked to node ${named}, which does not exist`)];
  }
  const sourceClass = String(own(graph.nodes[source], 'class_type'));
  const info = own(graph.catalogue, sourceClass);
  if (!isObject(info)) return [];
  const outputs = Array.isArray(info['output']) ? info['output'] : [];
  const index = typeof slot === 'boolean' ? Number(slot) : slot;
  if (Number(index) >= outputs.length && Number.isInteger(index) && isOpenEnded(info)) {
    const message = `node ${source} (${sourceClass}) declares no output ${show(slot)}, which classes of node packs may give all the same; it was not checked`;
    return [{ code: 'not-checked', level: 'warning', effect: 'unknown', message }];
  }
  if (
    typeof index !== 'number' ||
    !Number.isInteger(index) ||
    index >= outputs.length ||
    index < -outputs.length
  ) {
    return [refused('bad-link', `node ${source} (${sourceClass}) has no output ${show(slot)}`)];
  }
  const notes: Note[] = [];
  if (index < 0 || typeof slot === 'boolean') {
    const message = `output ${show(slot)} of node ${source} counts from the end; write ${index < 0 ? index + outputs.length : index}`;
    notes.push(unsafe('negative-slot', message));
  }
  const type: unknown = outputs.at(index);
  if (!matchTypes(type, input.type)) {
    const wanted = Array.isArray(input.type) ? 'COMBO' : input.type;
    notes.push(
      refused(
        'type-mismatch',
        `it takes ${wanted}, but output ${index} of node ${source} (${sourceClass}) is ${type}`,
      ),
    );
  }
  return notes;
}

/** Every node that any input links to, declared or not: what the server really schedules. */
export function linkedIds(inputs: unknown): string[] {
  if (!isObject(inputs)) return [];
  return Object.values(inputs)
    .filter((value) => Array.isArray(value) && value.length === 2 && typeof value[0] === 'string')
    .map((link) => (link as string[])[0]!);
}

const refused = (code: Finding['code'], message: string): Note => ({
  code,
  level: 'error',
  effect: 'refuse',
  message,
});
const unsafe = (code: Finding['code'], message: string): Note => ({
  code,
  level: 'error',
  effect: 'accept',
  message,
});

const ANY = new Set(['*', 'COMFY_MATCHTYPE_V3']);

/** Whether the server lets an output of one type feed an input of another. */
function matchTypes(output: unknown, input: unknown): boolean {
  if (isAny(output) || isAny(input)) return true;
  if (Array.isArray(output) && Array.isArray(input)) {
    return canonicalValue(output) === canonicalValue(input);
  }
  if (Array.isArray(output) && input === 'COMBO') return true;
  if (typeof output !== 'string' || typeof input !== 'string') return output === input;
  const wanted = new Set(names(input));
  return wanted.has('*') || names(output).some((name) => name === '*' || wanted.has(name));
}

const isAny = (type: unknown) => typeof type === 'string' && ANY.has(type);
const names = (type: string) => type.split(',').map((name) => name.trim());
