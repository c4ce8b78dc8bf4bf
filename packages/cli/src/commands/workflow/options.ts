import type { CommonOptions } from '../run.ts';

/** Options of `workflow check`. */
export interface WorkflowCheckOptions extends CommonOptions {
  objectInfo?: string;
}

/** Options of `workflow bind`. */
export interface WorkflowBindOptions extends CommonOptions {
  prompt?: string;
  negative?: string;
  seed?: number | bigint;
  width?: number;
  height?: number;
  count?: number;
}

/** Options of `workflow convert`. */
export interface WorkflowConvertOptions extends CommonOptions {
  objectInfo: string;
  out?: string;
  force?: boolean;
}
