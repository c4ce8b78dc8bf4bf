import { systemClock, type Workflow } from 'comfygen/plugin';
import type { MadeFile } from 'comfygen/testing';

/** A ComfyUI server as a test asks it itself, without the executor. */
export interface RealServer {
  /** Puts a graph into the queue and gives the job's id. */
  start(workflow: Workflow): Promise<string>;
  /** Resolves once a job is over, with the milliseconds that it took on the server. */
  ended(id: string): Promise<number>;
  /** Stops a job, wherever it is, and resolves once it is gone. */
  stop(id: string): Promise<void>;
  /** Stops a job and takes it out of the history. */
  forget(id: string): Promise<void>;
  /** Runs a graph and gives the images that it keeps, node by node in the order of the graph. */
  filesOf(workflow: Workflow): Promise<MadeFile[]>;
}

/** What a job without a client tells goes to everyone. */
const CLIENT = 'comfygen-live';

type Message = [event: string, data: { timestamp: number }];

/** What the server keeps of a job that is over. */
interface Kept {
  status: { messages: Message[] };
  outputs: Record<string, { images?: Record<'filename' | 'subfolder' | 'type', string>[] }>;
}

/** Talks to the server at an address. */
export function realServer(url: string): RealServer {
  const get = async (path: string) => (await fetch(url + path)).json();
  const post = (path: string, body: object) =>
    fetch(url + path, { method: 'POST', body: JSON.stringify(body) });
  const keptOf = async (id: string): Promise<Kept> => {
    for (;;) {
      const kept = (await get(`/api/history/${id}`))[id];
      if (kept) return kept;
      await systemClock.sleep(20);
    }
  };
  const isQueued = async (id: string) => {
    const { queue_running, queue_pending } = await get('/api/queue');
    return [...queue_running, ...queue_pending].some(([, own]) => own === id);
  };
  const server: RealServer = {
    async start(workflow) {
      const answer = await post('/api/prompt', { prompt: workflow, client_id: CLIENT });
      if (!answer.ok) throw new Error(`The server refused a graph: ${await answer.text()}`);
      return (await answer.json()).prompt_id;
    },
    async ended(id) {
      const { messages } = (await keptOf(id)).status;
      return messages.at(-1)![1].timestamp - messages[0]![1].timestamp;
    },
    async stop(id) {
      await post('/api/queue', { delete: [id] });
      await post('/api/interrupt', { prompt_id: id });
      while (await isQueued(id)) await systemClock.sleep(20);
    },
    async forget(id) {
      await server.stop(id);
      await post('/api/history', { delete: [id] });
    },
    async filesOf(workflow) {
      const { outputs } = await keptOf(await server.start(workflow));
      const made: MadeFile[] = [];
      for (const nodeId of Object.keys(workflow))
        for (const file of outputs[nodeId]?.images ?? []) {
          if (file.type === 'temp') continue;
          const answer = await fetch(`${url}/api/view?${new URLSearchParams(file)}`);
          made.push({ nodeId, bytes: new Uint8Array(await answer.arrayBuffer()) });
        }
      return made;
    },
  };
  return server;
}
