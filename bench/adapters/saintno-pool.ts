import type { Open, Outputs } from '../harness/types.ts';
import { loadPeer } from '../peers/load.ts';
import { type Api, call, type Saintno } from './saintno-wrapper.ts';

interface Pool {
  run(job: (api: Api) => Promise<Outputs>): Promise<Outputs>;
  destroy(): void;
}
interface WithPool extends Saintno {
  ComfyPool: new (apis: Api[]) => Pool;
}

/** The pool in its default mode, PICK_ZERO. */
export const open: Open = async (urls) => {
  const sdk = await loadPeer<WithPool>('@saintno/comfyui-sdk');
  const pool = new sdk.ComfyPool(urls.map((url) => new sdk.ComfyApi(url)));
  return {
    run: (job) => pool.run((api) => call(sdk, api, job)),
    close: () => pool.destroy(),
  };
};
