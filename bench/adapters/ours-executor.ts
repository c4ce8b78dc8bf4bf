import { comfyui } from '../../packages/executors/src/comfyui/index.ts';
import { runOn } from '../harness/run-on.ts';
import type { Open } from '../harness/types.ts';

/** `comfyui()` alone. */
export const open: Open = async ([url]) => runOn(comfyui({ url }));
