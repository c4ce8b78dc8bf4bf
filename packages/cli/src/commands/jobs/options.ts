import type { CommonOptions } from '../run.ts';

/** Options that all `jobs` commands take. */
export interface JobsOptions extends CommonOptions {
  jobs?: string;
}

/** Options of commands that ask the backend. */
export interface JobOptions extends JobsOptions {
  url?: string[];
}

/** Options of `jobs resume`. */
export interface ResumeOptions extends JobOptions {
  out?: string;
  force?: boolean;
  timeout?: number;
  preview?: boolean;
  quiet?: boolean;
}
