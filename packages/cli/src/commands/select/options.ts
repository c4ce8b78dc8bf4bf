import type { ChoiceOptions } from '../choice-options.ts';
import type { CommonOptions } from '../run.ts';

/** What the command line of `select` says. */
export interface SelectOptions extends CommonOptions, ChoiceOptions {
  explain?: boolean;
  flows?: string[];
  only?: boolean;
  executor?: string;
  url?: string[];
  seed?: number | bigint;
  count?: number;
}
