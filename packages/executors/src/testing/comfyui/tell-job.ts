import type { Clock } from 'comfygen/plugin';
import { readInputFile } from './file-routes.ts';
import { CircleFailure, type GraphRun, NodeFailure, type RunGraph } from './graph-run.ts';
import {
  type HistoryEntry,
  type NodeOutput,
  type QueueItem,
  type ServerState,
  saveImage,
} from './server-state.ts';
import type { SocketHub } from './socket-hub.ts';

interface JobOptions {
  state: ServerState;
  hub: SocketHub;
  clock: Clock;
  item: QueueItem;
  client: string | undefined;
  signal: AbortSignal;
}

/** Runs one job and sends the messages that a server would send for it, in the order of the recordings. */
export function tellJob({ item, client, hub, clock, state, signal }: JobOptions) {
  const [, promptId, workflow, , outputs] = item;
  const shown: HistoryEntry['outputs'] = {};
  const meta: HistoryEntry['meta'] = {};
  const messages: HistoryEntry['status']['messages'] = [];
  const nodes: Record<string, Record<string, unknown>> = {};
  const done: string[] = [];

  const tell = (type: string, data: Record<string, unknown>) => {
    if (client !== undefined) hub.send(client, { type, data });
  };
  const log = (type: string, data: Record<string, unknown>) => {
    const full = { ...data, timestamp: clock.now() };
    messages.push([type, full]);
    tell(type, full);
  };
  // Those of a job without a client go to everyone.
  const progressState = (id: string, value: number, max: number, nodeState: string) => {
    nodes[id] = {
      value,
      max,
      state: nodeState,
      node_id: id,
      prompt_id: promptId,
      display_node_id: id,
      parent_node_id: null,
      real_node_id: id,
    };
    const data = { prompt_id: promptId, nodes: structuredClone(nodes) };
    hub.send(client, { type: 'progress_state', data });
  };
  const show = (id: string, output: NodeOutput) => {
    shown[id] = output;
    meta[id] = { node_id: id, display_node: id, parent_node: null, real_node_id: id };
    tell('executed', { node: id, display_node: id, output, prompt_id: promptId });
  };
  const steps = new Map<string, number>();

  const graphRun: GraphRun = {
    promptId,
    workflow,
    outputs,
    signal,
    cached: (ids) => log('execution_cached', { nodes: [...ids], prompt_id: promptId }),
    start(id) {
      state.node = id;
      progressState(id, 0, 1, 'running');
      tell('executing', { node: id, display_node: id, prompt_id: promptId });
    },
    step(id, value, max, preview) {
      steps.set(id, max);
      const show = () => preview && hub.preview(client, { promptId, nodeId: id, ...preview });
      const metadata = hub.hasMetadata(client);
      progressState(id, value, max, 'running');
      if (metadata) show();
      hub.send(client, { type: 'progress', data: { value, max, prompt_id: promptId, node: id } });
      if (!metadata) show();
    },
    finish(id, output) {
      if (output) show(id, output);
      const max = steps.get(id) ?? 1;
      progressState(id, max, max, 'finished');
      done.push(id);
    },
    replay(id, output) {
      show(id, output);
      progressState(id, 1, 1, 'finished');
    },
    readInput: (name) => readInputFile(state, name),
    save: (bytes, prefix, type) => saveImage(state, bytes, prefix, type),
  };

  return {
    begin: () => log('execution_start', { prompt_id: promptId }),
    /** Runs the graph and gives what the history keeps of it. */
    async run(run: RunGraph): Promise<HistoryEntry> {
      let ok = false;
      try {
        await run(graphRun);
        ok = true;
        log('execution_success', { prompt_id: promptId });
      } catch (error) {
        // Only a failing node makes the server's job a failure.
        ok = error instanceof CircleFailure;
        const current = error instanceof CircleFailure ? error.nodeId : (state.node ?? '');
        const node = { node_id: current, node_type: workflow[current]?.class_type, executed: done };
        if (signal.aborted) log('execution_interrupted', { prompt_id: promptId, ...node });
        else
          log('execution_error', {
            prompt_id: promptId,
            ...node,
            ...failureOf(error, item, current),
          });
      }
      const status = { status_str: ok ? 'success' : 'error', completed: ok, messages } as const;
      return { prompt: item, outputs: shown, status: { ...status }, meta };
    },
  };
}

function failureOf(error: unknown, [, , workflow]: QueueItem, node: string) {
  const current_outputs = Object.keys(workflow);
  if (error instanceof CircleFailure) {
    const { message: exception_message, exceptionType: exception_type } = error;
    return {
      exception_message,
      exception_type,
      traceback: [],
      current_inputs: [],
      current_outputs,
    };
  }
  const inputs = Object.entries(workflow[node]?.inputs ?? {});
  const known = error instanceof NodeFailure;
  return {
    exception_message: `${error instanceof Error ? error.message : String(error)}\n`,
    exception_type: known ? error.exceptionType : 'RuntimeError',
    traceback: ['  File "<path>", line 1, in execute\n'],
    current_inputs: Object.fromEntries(inputs.map(([name, value]) => [name, [String(value)]])),
    current_outputs,
  };
}
