import { type InputValue, isLink, type WorkflowNode } from 'comfygen/workflow';
import { byCode } from './dictionary.ts';
import type { LineReader } from './line-reader.ts';
import { PLACEHOLDERS } from './placeholders.ts';
import { isWord } from './write-value.ts';

/** One line of the notation, read. */
export interface NodeLine {
  id: string;
  node: WorkflowNode;
  /** Placeholders by input. */
  filled: Map<string, { name: string; template: string | undefined }>;
}

type Filled = NodeLine['filled'];

/** Reads a node. `isKnown` says whether a node stands above. @throws INVALID_WORKFLOW with line and column */
export function readNode(line: LineReader, isKnown: (id: string) => boolean): NodeLine {
  const id = line.id();
  if (isKnown(id)) throw line.fault(`node ${id} stands above already`, 0);
  line.end();
  const { classType, order } = readClass(line);
  const inputs = new Map<string, InputValue>();
  const filled: Filled = new Map();
  let index = 0;
  let meta: WorkflowNode['_meta'];
  while (line.more()) {
    if (meta !== undefined) throw line.fault('nothing may follow a title');
    if (line.take(';')) {
      meta = readMeta(line);
      line.end();
      continue;
    }
    const start = line.at;
    const name = readArgumentName(line) ?? order[index++];
    if (name === undefined) {
      const known =
        order.length === 0
          ? `${classType} is not in the dictionary`
          : `all ${order.length} inputs stand before`;
      throw line.fault(`${known}; write name=value`, start);
    }
    if (inputs.has(name)) throw line.fault(`${name} stands twice`, start);
    const value = readArgument(line, name, filled, isKnown);
    if (value !== undefined) inputs.set(name, value);
    line.end();
  }
  const node: WorkflowNode = { class_type: classType, inputs: Object.fromEntries(inputs) };
  return { id, node: meta === undefined ? node : { ...node, _meta: meta }, filled };
}

function readClass(line: LineReader): { classType: string; order: readonly string[] } {
  if (!line.more()) throw line.fault('a class must stand here, not the end of the line');
  const token = line.run(/[A-Za-z_]\w*/y);
  const entry = byCode.get(token);
  const classType = entry?.classType ?? (token || line.string());
  line.end();
  return { classType, order: entry?.inputs ?? [] };
}

/** `name=`, or `undefined` with nothing taken. */
function readArgumentName(line: LineReader): string | undefined {
  const bare = line.run(/[A-Za-z_]\w*=/y);
  if (bare !== '') return bare.slice(0, -1);
  if (!line.next(/"[^"\\]*(?:\\.[^"\\]*)*"=/y)) return undefined;
  const name = line.string();
  line.take('=');
  return name;
}

function readArgument(
  line: LineReader,
  name: string,
  filled: Filled,
  isKnown: (id: string) => boolean,
): InputValue | undefined {
  const start = line.at;
  if (line.take('$')) return readPlaceholder(line, name, filled, isKnown);
  const token = line.run(/-(?=[ \t\r]|$)|\w[\w.+/-]*/y);
  if (token === '-') return undefined;
  if (token !== '') return isWord(token) ? token : line.constant(token);
  const value = line.take('@') ? line.link() : line.json();
  requireAbove(line, value, start, isKnown);
  return value;
}

function readPlaceholder(
  line: LineReader,
  input: string,
  filled: Filled,
  isKnown: (id: string) => boolean,
): InputValue {
  const start = line.at;
  const name = line.run(/\w+/y);
  const placeholder = Object.hasOwn(PLACEHOLDERS, name) ? PLACEHOLDERS[name] : undefined;
  if (!placeholder) {
    const names = Object.keys(PLACEHOLDERS).map((one) => `$${one}`);
    throw line.fault(`"$${name}" is no placeholder; those are ${names.join(', ')}`, start);
  }
  let value = placeholder.implied;
  if (line.take(':')) {
    value = line.take('@') ? line.link() : line.json();
    requireAbove(line, value, start, isKnown);
  }
  if (value === undefined) throw line.fault(`$${name} needs a value: $${name}:1024`, start);
  filled.set(input, { name, template: line.take('~') ? line.string() : undefined });
  return value;
}

function requireAbove(
  line: LineReader,
  value: InputValue,
  at: number,
  isKnown: (id: string) => boolean,
): void {
  if (!isLink(value) || isKnown(value[0])) return;
  throw line.fault(`node ${value[0]} does not stand above`, at);
}

function readMeta(line: LineReader): NonNullable<WorkflowNode['_meta']> {
  const start = line.at;
  const value = line.json();
  if (typeof value === 'string') return { title: value };
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw line.fault('a title in quotes, or an object, must follow ";"', start);
}
