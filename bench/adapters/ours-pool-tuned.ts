import { comfyui } from '../../packages/executors/src/comfyui/index.ts';
import { pool } from '../../packages/executors/src/pool/index.ts';
import { runOn } from '../harness/run-on.ts';
import type { Open } from '../harness/types.ts';

/** The pool where a server that refuses connections for a second has lost its jobs. */
export const open: Open = async (urls) =>
  runOn(pool({ executors: urls.map((url) => comfyui({ url })), lostAfterMs: 1_000 }));
