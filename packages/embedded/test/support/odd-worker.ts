// A thread's program that does not draw: what its task's graph asks for by its first node's class happens instead.
import { parentPort } from 'node:worker_threads';
import type { ToWorker } from '../../src/executor/worker-messages.ts';

const port = parentPort!;
port.on('message', (message: ToWorker) => {
  if (message.type !== 'draw') return;
  const [node] = message.task.nodes;
  const { id } = message;
  switch (node?.classType) {
    case 'Busy':
      port.postMessage({ type: 'event', id, event: { type: 'cached', nodeId: node.id } });
      for (;;);
    case 'Throw':
      throw new Error('out of paint');
    case 'Exit':
      process.exit();
      break;
    case 'Fill': {
      const kept: number[][] = [];
      for (;;) kept.push(new Array<number>(1e4).fill(id));
    }
    case 'Wait':
      break;
    default:
      port.postMessage({ type: 'ended', id, error: undefined });
  }
});
port.postMessage({ type: 'ready' });
