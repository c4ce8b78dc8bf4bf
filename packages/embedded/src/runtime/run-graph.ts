import {
  finishWork,
  type JobProgress,
  letOthersRun,
  runInSlices,
  untilAborted,
  type Warning,
  type Workflow,
} from 'comfygen/plugin';
import type { ModelLibrary } from '../model/types.ts';
import type { CheckedGraph, CheckedNode } from './checked-graph.ts';
import { createHeldResults, type HeldResults } from './held-results.ts';
import { createLimits, type Limits } from './limits.ts';
import type { InputFiles, NodeContext, NodeFile, PreviewPixels } from './node-definition.ts';
import { createNodeError, toNodeError } from './node-error.ts';
import type { NodeResult, ResultCache } from './result-cache.ts';
import { resultKey } from './result-key.ts';

/** The calls by which a run reports what happens. */
export interface RunObserver {
  progress(progress: JobProgress): void;
  preview(nodeId: string, pixels: PreviewPixels): void;
  /** Whether anybody looks at previews; if not, none are made. */
  wantsPreviews(): boolean;
  output(nodeId: string, file: NodeFile): void;
  /** The bytes of the files so far. */
  fileBytes(): number;
  warning(warning: Warning): void;
  cached(nodeId: string): void;
}

/** What a run needs besides the graph. */
export interface RunSettings {
  workflow: Workflow;
  library: ModelLibrary;
  inputFiles: InputFiles;
  cache: ResultCache;
  limits: Limits;
  record: { [key: string]: unknown };
  signal: AbortSignal;
  observer: RunObserver;
}

/**
 * Runs a checked graph node by node. Settles once all output nodes are done; rejects with a
 * ComfygenError that names the node, or with the signal's reason once that is aborted.
 */
export async function runGraph(graph: CheckedGraph, settings: RunSettings): Promise<void> {
  const { signal, observer, cache, inputFiles } = settings;
  const tracker = createTracker(graph.nodes, observer);
  const results = createHeldResults(graph.nodes);
  const keys = new Map<string, string>();
  const fileNumbers = new Map<string, number>();
  for (const warning of graph.warnings) observer.warning(warning);
  for (const node of graph.nodes) {
    await letOthersRun(signal);
    try {
      const key = await resultKey(node, keys, inputFiles);
      keys.set(node.id, key);
      const cached = node.definition.outputNode ? undefined : cache.get(key);
      if (cached) observer.cached(node.id);
      else tracker.report(node, 0, undefined);
      const result = cached ?? (await runNode(node, results, settings, tracker, fileNumbers));
      for (const warning of cached?.warnings ?? []) observer.warning(nameNode(warning, node));
      results.keep(node, result);
      if (!cached && !node.definition.outputNode) cache.set(key, result);
      signal.throwIfAborted();
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      throw toNodeError(error, node.id, node.definition.classType);
    }
    tracker.finish(node);
  }
}

async function runNode(
  node: CheckedNode,
  results: HeldResults,
  settings: RunSettings,
  tracker: Tracker,
  fileNumbers: Map<string, number>,
): Promise<NodeResult> {
  const { id, definition } = node;
  const warnings: Warning[] = [];
  const context = createNodeContext(node, settings, tracker, { warnings, fileNumbers, results });
  const inputs = Object.fromEntries(
    Object.entries(node.inputs).map(([name, input]) => {
      if ('value' in input) return [name, input.value];
      const [source, slot] = input.link;
      return [name, results.get(source)?.outputs[slot]];
    }),
  );
  // A node that does not heed the signal must not keep a canceled job alive.
  const { signal } = settings;
  const outputs = await untilAborted(signal, async () =>
    runInSlices(finishWork(await definition.run(inputs, context)), signal),
  );
  if (outputs.length < definition.outputs.length) {
    const message = `gave ${outputs.length} of ${definition.outputs.length} outputs.`;
    throw createNodeError('EXECUTION_FAILED', id, definition.classType, message);
  }
  return { outputs, warnings };
}

function createNodeContext(
  node: CheckedNode,
  settings: RunSettings,
  tracker: Tracker,
  run: { warnings: Warning[]; fileNumbers: Map<string, number>; results: HeldResults },
): NodeContext {
  const { workflow, library, inputFiles, record, signal, observer } = settings;
  const { id: nodeId, definition } = node;
  const { classType } = definition;
  const { warnings, fileNumbers, results } = run;
  const held = () => results.bytes() + observer.fileBytes();
  return {
    nodeId,
    classType,
    signal,
    library,
    inputFiles,
    workflow,
    record,
    ...createLimits(settings.limits, nodeId, classType, held),
    async step(done, total, preview) {
      signal.throwIfAborted();
      tracker.report(node, done, total);
      const pixels = preview && observer.wantsPreviews() ? preview() : undefined;
      if (pixels) observer.preview(nodeId, pixels);
      await letOthersRun(signal);
    },
    warn(warning) {
      warnings.push(warning);
      observer.warning(nameNode(warning, node));
    },
    output(file) {
      signal.throwIfAborted();
      observer.output(nodeId, file);
    },
    nextFileNumber(prefix) {
      const number = (fileNumbers.get(prefix) ?? 0) + 1;
      fileNumbers.set(prefix, number);
      return number;
    },
  };
}

// Not kept with the result, which may answer for another node of the same kind.
function nameNode(warning: Warning, { id, definition }: CheckedNode): Warning {
  const details = { ...(warning.details as object), nodeId: id, classType: definition.classType };
  return { ...warning, details };
}

interface Tracker {
  report(node: CheckedNode, step: number, steps: number | undefined): void;
  finish(node: CheckedNode): void;
}

function createTracker(nodes: readonly CheckedNode[], observer: RunObserver): Tracker {
  const workOf = (node: CheckedNode) => node.definition.work ?? 1;
  const total = nodes.reduce((sum, node) => sum + workOf(node), 0);
  let finished = 0;
  let last = 0;
  const fraction = (work: number) => {
    last = Math.min(1, Math.max(last, work / total));
    return last;
  };
  return {
    report(node, step, steps) {
      const share = steps === undefined || steps === 0 ? 0 : Math.min(step / steps, 1);
      observer.progress({
        fraction: fraction(finished + share * workOf(node)),
        node: node.id,
        classType: node.definition.classType,
        ...(steps !== undefined && { step, steps }),
      });
    },
    finish(node) {
      finished += workOf(node);
      observer.progress({
        fraction: finished >= total ? 1 : fraction(finished),
        node: node.id,
        classType: node.definition.classType,
      });
    },
  };
}
