import type { z } from 'zod';

type Node = z.core.$ZodTypes;

/** The parts of a zod schema that a path leads to: several where there are unions, none in other libraries' schemas. */
export function nodesAt(schema: unknown, path: readonly PropertyKey[]): Node[] {
  const start = typeof schema === 'object' && schema !== null && '_zod' in schema ? [schema] : [];
  return path.reduce<Node[]>(
    (nodes, step) => nodes.flatMap((node) => childrenOf(node, step)).flatMap(unwrap),
    (start as Node[]).flatMap(unwrap),
  );
}

/** What stands inside of optional, default, nullable and their kind. */
function unwrap(node: Node): Node[] {
  const { def } = node._zod;
  switch (def.type) {
    case 'optional':
    case 'nullable':
    case 'default':
    case 'prefault':
    case 'nonoptional':
    case 'readonly':
    case 'catch': {
      const inner = unwrap(def.innerType as Node);
      return def.type === 'nullable' ? [...inner, NULL] : inner;
    }
    case 'pipe':
      return unwrap((def.in._zod.def.type === 'transform' ? def.out : def.in) as Node);
    case 'lazy':
      return unwrap(def.getter() as Node);
    case 'union':
      return def.options.flatMap((option) => unwrap(option as Node));
    case 'intersection':
      return [...unwrap(def.left as Node), ...unwrap(def.right as Node)];
    default:
      return [node];
  }
}

const NULL = { _zod: { def: { type: 'null' } } } as unknown as Node;

function childrenOf({ _zod: { def } }: Node, step: PropertyKey): Node[] {
  const child = () => {
    switch (def.type) {
      case 'object':
        return Object.hasOwn(def.shape, step) ? def.shape[String(step)] : def.catchall;
      case 'array':
        return def.element;
      case 'tuple':
        return def.items[Number(step)] ?? def.rest;
      case 'record':
        return def.valueType;
      default:
        return undefined;
    }
  };
  return [child()].filter((node) => node != null) as Node[];
}

/** The keys that an object may have here. */
export function keysOf(nodes: readonly Node[]): string[] {
  const keys = nodes.flatMap(({ _zod: { def } }) =>
    def.type === 'object' ? Object.keys(def.shape) : [],
  );
  return [...new Set(keys)];
}

/** The words that may stand here, where a list of words is all that may. */
export function wordsOf(nodes: readonly Node[]): string[] {
  return nodes.flatMap(({ _zod: { def } }) => {
    if (def.type === 'enum') return Object.values(def.entries).map(String);
    return def.type === 'literal' ? def.values.map(String) : [];
  });
}

/** What may stand here, as in "a whole number from 1 to 10 or null"; `undefined` where no words are known for it. */
export function allowed(nodes: readonly Node[]): string | undefined {
  const words = wordsOf(nodes);
  const kinds = nodes.map(kindOf);
  if (kinds.includes(undefined)) return undefined;
  const list = words.length > 1 ? [`one of ${words.join(', ')}`] : words;
  const found = [...new Set([...list, ...kinds.filter((kind) => kind !== '')])];
  return found.length === 0 ? undefined : found.join(' or ');
}

function kindOf({ _zod: { def } }: Node): string | undefined {
  const bounds = boundsOf(def);
  switch (def.type) {
    case 'enum':
    case 'literal':
      return '';
    case 'string':
      return textKind(bounds);
    case 'number':
      return numberKind(bounds);
    case 'bigint':
      return 'a bigint';
    case 'boolean':
      return 'true or false';
    case 'array':
    case 'tuple':
      return `a list${sizeOf(bounds)}`;
    case 'object':
    case 'record':
      return 'an object';
    case 'function':
      return 'a function';
    case 'null':
      return 'null';
    default:
      return undefined;
  }
}

/** What a schema's checks allow, as far as somebody set it. */
interface Bounds {
  format?: string | undefined;
  low?: number | undefined;
  high?: number | undefined;
  above?: number | undefined;
  below?: number | undefined;
  step?: number | undefined;
}

/** What this reads of a check of zod. */
interface Check {
  check?: string;
  format?: string;
  value?: number;
  inclusive?: boolean;
  minimum?: number;
  maximum?: number;
  length?: number;
}

function boundsOf(def: Node['_zod']['def']): Bounds {
  const checks = (def.checks ?? []).map((check) => check._zod.def as Check);
  const bounds: Bounds = {};
  for (const { check, format, value, inclusive, ...size } of [def as Check, ...checks]) {
    if (check === 'greater_than') bounds[inclusive ? 'low' : 'above'] = value;
    else if (check === 'less_than') bounds[inclusive ? 'high' : 'below'] = value;
    else if (check === 'multiple_of') bounds.step = value;
    bounds.format = format ?? bounds.format;
    bounds.low = size.length ?? size.minimum ?? bounds.low;
    bounds.high = size.length ?? size.maximum ?? bounds.high;
  }
  return bounds;
}

function textKind(bounds: Bounds): string | undefined {
  if (bounds.format === 'url') return 'a URL';
  if (bounds.format !== undefined) return undefined;
  if (bounds.low === 1 && bounds.high === undefined) return 'a text that is not empty';
  const size = sizeOf(bounds);
  return size === '' ? 'a text' : `a text${size} characters`;
}

function numberKind({ format, low, high, above, below, step }: Bounds): string {
  const from = above !== undefined ? `above ${above}` : low !== undefined ? `from ${low}` : '';
  const to = below !== undefined ? `below ${below}` : high !== undefined ? `to ${high}` : '';
  const open = from.startsWith('from') && to === '' ? 'on' : to;
  const upTo = from.startsWith('from') ? open : open.replace('to', 'up to');
  const range = [from, upTo].filter(Boolean).join(' ');
  const kind = format?.includes('int') ? 'a whole number' : 'a number';
  const steps = step === undefined ? '' : `, a multiple of ${step}`;
  return `${kind}${range === '' ? '' : ` ${range}`}${steps}`;
}

/** ` of 2 to 5`, ` of 2 or more`, ` of up to 5`. */
function sizeOf({ low, high }: Bounds): string {
  if (low === undefined) return high === undefined ? '' : ` of up to ${high}`;
  if (low === high) return ` of ${low}`;
  return high === undefined ? ` of ${low} or more` : ` of ${low} to ${high}`;
}
