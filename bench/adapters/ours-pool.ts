import { comfyui } from '../../packages/executors/src/comfyui/index.ts';
import { pool } from '../../packages/executors/src/pool/index.ts';
import { runOn } from '../harness/run-on.ts';
import type { Open } from '../harness/types.ts';

/** `pool()` of `comfyui()`, with its defaults: a silent server's jobs count as lost after 10 s. */
export const open: Open = async (urls) =>
  runOn(pool({ executors: urls.map((url) => comfyui({ url })) }));
