import type { Warning, Workflow } from '../spec/index.ts';

/** Sends its pictures over the socket of whoever submitted the job; the server keeps nothing of them. */
const SENDS = 'SaveImageWebsocket';
const SAVES = 'SaveImage';

/** The class that runs in a class's place: a picture that a broken socket loses is no result. */
export function keptClass(name: string): string {
  return name === SENDS ? SAVES : name;
}

/**
 * Makes a `SaveImage` of each `SaveImageWebsocket`, in place; one whose pictures another node saves already is left
 * out. Says so in a warning, `websocket-saved`.
 */
export function saveWebsocketImages(workflow: Workflow, filenamePrefix: string): Warning[] {
  const sending = Object.keys(workflow).filter((id) => workflow[id]!.class_type === SENDS);
  if (sending.length === 0) return [];
  const imagesOf = (id: string) => JSON.stringify(workflow[id]!.inputs['images']);
  const saving = Object.keys(workflow).filter((id) => workflow[id]!.class_type === SAVES);
  const saved = new Set(saving.map(imagesOf));
  for (const id of sending) {
    const node = workflow[id]!;
    if (saved.has(imagesOf(id))) delete workflow[id];
    else {
      const inputs = { ...node.inputs, filename_prefix: filenamePrefix };
      workflow[id] = { ...node, class_type: SAVES, inputs };
    }
  }
  const nodes = `node${sending.length === 1 ? '' : 's'} ${sending.join(', ')}`;
  const message = `${SENDS} (${nodes}) keeps no picture on the server, so ${SAVES} runs in its place.`;
  return [{ code: 'websocket-saved', message, details: { nodes: sending } }];
}
