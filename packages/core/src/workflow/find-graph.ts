import type { Warning } from '../spec/index.ts';
import { isObject } from '../util/is-object.ts';
import { invalid } from './graph.ts';
import { parseJson, stringifyJson } from './json.ts';
import { own } from './json-shape.ts';

/** A graph that was found in what a file or a request holds, and the way to it: `input.workflow`. */
interface FoundGraph {
  format: 'api' | 'ui';
  value: Record<string, unknown>;
  path: string;
}

const MAX_DEPTH = 6;
const MAX_VALUES = 20_000;

/**
 * The graph in a value: the value itself, or what the body of a service, a history entry or another wrapper
 * holds, as an object or as JSON text. The one in the wanted format goes first, then the outermost.
 *
 * @throws INVALID_WORKFLOW where it holds several different ones.
 */
export function findGraph(value: unknown, wanted: FoundGraph['format']): FoundGraph | undefined {
  let other: FoundGraph | undefined;
  let count = 0;
  let level: [path: string, value: unknown][] = [['', value]];
  for (let depth = 0; depth <= MAX_DEPTH && level.length > 0; depth += 1) {
    const found: FoundGraph[] = [];
    const next: typeof level = [];
    for (const [path, item] of level) {
      const object = typeof item === 'string' && depth > 0 ? parseInner(item) : item;
      const format = formatOf(object);
      if (format !== undefined) found.push({ format, value: object as FoundGraph['value'], path });
      else if (typeof object === 'object' && object !== null && count < MAX_VALUES) {
        const inner = Object.entries(object);
        count += inner.length;
        for (const [key, one] of inner) next.push([path ? `${path}.${key}` : key, one]);
      }
    }
    const [first, ...rest] = found.filter(({ format }) => format === wanted);
    if (first !== undefined) return requireOne(first, rest);
    other ??= found[0];
    level = next;
  }
  return other;
}

function requireOne(first: FoundGraph, rest: readonly FoundGraph[]): FoundGraph {
  const text = rest.length === 0 ? '' : stringifyJson(first.value);
  const others = rest.filter(({ value }) => stringifyJson(value) !== text);
  if (others.length === 0) return first;
  const paths = [first, ...others].map(({ path }) => path);
  throw invalid(
    `It holds ${paths.length} different workflows (${paths.slice(0, 5).join(', ')}); give one of them`,
    {},
  );
}

function formatOf(value: unknown): FoundGraph['format'] | undefined {
  if (isUiWorkflow(value)) return 'ui';
  return isObject(value) && Object.values(value).some(isNode) ? 'api' : undefined;
}

const isNode = (value: unknown) => isObject(value) && typeof value['class_type'] === 'string';

/** Whether a value is a workflow in ComfyUI's UI format: it has a `nodes` array and `links`. */
export function isUiWorkflow(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { nodes, links } = value as { nodes?: unknown; links?: unknown };
  return Array.isArray(nodes) && (Array.isArray(links) || links === undefined);
}

function parseInner(text: string): unknown {
  if (!/^\s*\{/.test(text) || !/"(class_type|nodes)"/.test(text)) return undefined;
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

/** The nodes of an API-format graph without comments, and what that left out or looked past. */
export function takeNodes({ value, path }: FoundGraph): {
  graph: Record<string, unknown>;
  warnings: Warning[];
} {
  // The editor numbers its nodes; `_comment`, `$schema` and a tool's own settings are none, and look like none.
  const isComment = (key: string) =>
    !/^\d/.test(key) && !isNode(value[key]) && own(value[key], 'inputs') === undefined;
  const comments = Object.keys(value).filter(isComment);
  const warnings: Warning[] = [];
  if (path !== '') {
    const message = `The workflow is what stands under ${path}; what stands beside it was not read.`;
    warnings.push({ code: 'graph-unwrapped', message, details: { path } });
  }
  for (const key of comments) {
    const message = `"${key}" is no node and was left out; a server would refuse it.`;
    warnings.push({ code: 'comment-skipped', message, details: { entry: key } });
  }
  const nodes = Object.entries(value).filter(([key]) => !comments.includes(key));
  return { graph: comments.length === 0 ? value : Object.fromEntries(nodes), warnings };
}
