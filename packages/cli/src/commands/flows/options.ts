import type { CommonOptions } from '../run.ts';

/** Which flows are meant. */
export interface FlowsOptions extends CommonOptions {
  flows?: string[];
  only?: boolean;
  executor?: string;
  url?: string[];
}

/** Options of `flows list`. */
export interface FlowsListOptions extends FlowsOptions {
  tag?: string[];
  all?: boolean;
}
