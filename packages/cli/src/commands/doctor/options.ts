import type { CommonOptions } from '../run.ts';

/** Options of `doctor`. */
export interface DoctorOptions extends CommonOptions {
  url?: string[];
}
