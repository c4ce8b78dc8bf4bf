import type { NodeCatalogue } from './workflow.v1.ts';

/** What an executor can run. */
export interface Inventory {
  /** Node classes with their inputs, or `null` where the backend does not tell them. */
  catalogue: NodeCatalogue | null;
  /** File names by ComfyUI folder; a folder that is absent is unknown, an empty list is known to be empty. */
  models: { [folder: string]: string[] };
  /** Which backend and version answered: `ComfyUI 0.33.0`. */
  source: string;
}
