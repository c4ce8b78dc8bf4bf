import type { FlowsOptions } from '../flows/options.ts';

/** Options of `models list`. */
export interface ModelsOptions extends FlowsOptions {
  folder?: string[];
  used?: boolean;
}
