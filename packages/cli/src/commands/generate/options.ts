import type { ChoiceOptions } from '../choice-options.ts';
import type { CommonOptions } from '../run.ts';

/** What the command line of `generate` says; what it leaves out comes from the config file. */
export interface GenerateOptions extends CommonOptions, ChoiceOptions {
  out?: string;
  force?: boolean;
  seed?: number | bigint;
  count?: number;
  width?: number;
  height?: number;
  negative?: string;
  flow?: string;
  flows?: string[];
  only?: boolean;
  executor?: string;
  url?: string[];
  scorer?: string[];
  strict?: boolean;
  timeout?: number;
  records?: string;
  /** `false`: none are kept. */
  jobs?: string | false;
  dryRun?: boolean;
  preview?: boolean;
  quiet?: boolean;
}
