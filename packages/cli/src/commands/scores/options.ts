import type { CommonOptions } from '../run.ts';

/** Where scores come from, and where what is made of them goes. */
export interface ScoresOptions extends CommonOptions {
  records?: string;
  out?: string;
  force?: boolean;
  label?: boolean;
}
