import { type NodeFiles, namesOf } from '../harness/history.ts';
import type { Job, Open } from '../harness/types.ts';
import { loadPeer } from '../peers/load.ts';

interface Result {
  data?: Record<string, NodeFiles>;
}
type Resolver = (result: Result, output: NodeFiles, at: { node_id: string }) => Result;
interface Call {
  resolver: Resolver;
  polling_ms?: number;
}
export interface Api {
  connect(): Promise<unknown>;
  close(): void;
  enqueue(graph: unknown, call: Call): Promise<Result>;
  enqueue_polling(graph: unknown, call: Call): Promise<Result>;
}
export interface Sdk {
  Client: new (options: { api_host: string; WebSocket: unknown; fetch: unknown }) => Api;
  Workflow: new () => { invoke(api: Api, call: Call): Promise<Result> };
}

const resolver: Resolver = (result, output, { node_id }) => ({
  ...result,
  data: { ...result.data, [node_id]: output },
});

/** One of its three ways to run a graph, with a resolver that keeps files by node. */
export function opener(run: (sdk: Sdk, api: Api, job: Job, call: Call) => Promise<Result>): Open {
  return async ([url = '']) => {
    const sdk = await loadPeer<Sdk>('@stable-canvas/comfyui-client');
    const { WebSocket } = await loadPeer<{ WebSocket: unknown }>('ws');
    const api = new sdk.Client({ api_host: new URL(url).host, WebSocket, fetch });
    await api.connect();
    const files = async (job: Job) => (await run(sdk, api, job, { resolver })).data ?? {};
    return { run: async (job) => namesOf(await files(job)), close: () => api.close() };
  };
}
