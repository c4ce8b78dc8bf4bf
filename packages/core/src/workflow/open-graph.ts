import type { NodeCatalogue, Warning } from '../spec/index.ts';
import { convertWorkflow } from './convert/convert-workflow.ts';
import { findGraph } from './find-graph.ts';
import { parseApi, parseText } from './read.ts';

/** What a file holds in API format, and all that was left out, changed or looked past on the way to it. */
export interface OpenedGraph {
  /** Node by node and unchecked, as `parseGraph` gives it. */
  graph: { [nodeId: string]: unknown };
  /** Whether it was in UI format. */
  converted: boolean;
  warnings: Warning[];
}

/**
 * The graph of a file in either format, as text or parsed: what `parseGraph` takes, and with a catalogue what
 * `convertWorkflow` takes. Where a file holds both, the API format goes first.
 *
 * @throws what those two throw; UNSUPPORTED_FORMAT for UI format without a catalogue.
 */
export function openGraph(
  input: string | object,
  catalogue?: NodeCatalogue | undefined,
): OpenedGraph {
  const value = typeof input === 'string' ? parseText(input) : input;
  if (catalogue === undefined || findGraph(value, 'api')?.format !== 'ui') {
    return { ...parseApi(value), converted: false };
  }
  const { workflow, warnings } = convertWorkflow(value as object, catalogue);
  return { graph: workflow, converted: true, warnings };
}
