import type { Open } from '../harness/types.ts';
import { loadPeer } from '../peers/load.ts';
import { type Api, call, type Saintno } from './saintno-wrapper.ts';

interface Tunable extends Omit<Saintno, 'ComfyApi'> {
  ComfyApi: new (url: string, id: string, options: { wsTimeout: number }) => Api;
}

/** The wrapper with a socket that may be silent for a minute. */
export const open: Open = async ([url = '']) => {
  const sdk = await loadPeer<Tunable & Saintno>('@saintno/comfyui-sdk');
  const Tuned: Tunable['ComfyApi'] = sdk.ComfyApi;
  const api = new Tuned(url, crypto.randomUUID(), { wsTimeout: 60_000 });
  await api.init().waitForReady();
  return { run: (job) => call(sdk, api, job), close: () => api.destroy() };
};
