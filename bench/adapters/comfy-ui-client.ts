import type { Open } from '../harness/types.ts';
import { loadPeer } from '../peers/load.ts';

type Images = Record<string, { image: { filename: string } }[]>;
interface Sdk {
  ComfyUIClient: new (
    host: string,
    id: string,
  ) => {
    connect(): Promise<void>;
    disconnect(): Promise<void>;
    getImages(graph: unknown): Promise<Images>;
  };
}

/** `getImages`, which downloads them too. */
export const open: Open = async ([url = '']) => {
  const { ComfyUIClient } = await loadPeer<Sdk>('comfy-ui-client');
  const client = new ComfyUIClient(new URL(url).host, crypto.randomUUID());
  await client.connect();
  return {
    async run({ graph }) {
      const images = Object.entries(await client.getImages(graph));
      return Object.fromEntries(
        images.map(([id, list]) => [id, list.map(({ image }) => image.filename)]),
      );
    },
    close: () => client.disconnect(),
  };
};
