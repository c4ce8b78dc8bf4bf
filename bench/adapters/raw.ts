import { filesByNode, type History } from '../harness/history.ts';
import type { Open } from '../harness/types.ts';

/** The floor: fetch and a WebSocket, nothing for what may go wrong. */
export const open: Open = async ([url = '']) => {
  const client_id = crypto.randomUUID();
  const socket = new WebSocket(`${url.replace('http', 'ws')}/ws?clientId=${client_id}`);
  const waiting = new Map<string, () => void>();
  socket.onmessage = ({ data }) => {
    if (typeof data !== 'string') return;
    const message = JSON.parse(data);
    if (message.type === 'executing' && message.data.node === null)
      waiting.get(message.data.prompt_id)?.();
  };
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = () => reject(new Error('no socket'));
  });
  return {
    async run({ graph }) {
      const prompt_id = crypto.randomUUID();
      const over = new Promise<void>((resolve) => waiting.set(prompt_id, resolve));
      const body = JSON.stringify({ prompt: graph, prompt_id, client_id });
      const accepted = await fetch(`${url}/prompt`, { method: 'POST', body });
      const answer = await accepted.text();
      if (!accepted.ok) throw new Error(answer);
      await over;
      waiting.delete(prompt_id);
      const history = (await (await fetch(`${url}/history/${prompt_id}`)).json()) as History;
      return filesByNode(history[prompt_id]);
    },
    close: () => socket.close(),
  };
};
