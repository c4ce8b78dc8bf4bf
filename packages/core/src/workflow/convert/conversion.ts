import type { NodeCatalogue, Warning } from '../../spec/index.ts';
import type { UiFile } from './types.ts';

/** Settings for converting a workflow. */
export interface ConvertOptions {
  /**
   * Picks from the choices of dynamic prompts (`{red|blue}`), which ComfyUI's editor picks at random. The same
   * seed gives the same choice. Default 0; `null` leaves the texts as they are written.
   */
  choiceSeed?: number | null | undefined;
}

/** One conversion: what it reads, and the warnings that it collects. */
export interface Conversion {
  file: UiFile;
  catalogue: NodeCatalogue;
  choiceSeed: number | null;
  /** Types that some class of the catalogue outputs. */
  givenTypes: ReadonlySet<string>;
  warnings: Warning[];
}

/** The codes of a conversion's warnings. */
export type ConvertWarningCode =
  | 'node-muted'
  | 'node-bypassed'
  | 'node-dropped'
  | 'class-renamed'
  | 'link-dropped'
  | 'input-dropped'
  | 'undeclared-input'
  | 'value-dropped'
  | 'value-defaulted'
  | 'value-missing'
  | 'link-missing'
  | 'value-mismatch'
  | 'choice-made'
  | 'token-kept';

/** The place that a warning is about. */
export interface Place {
  nodeId: string;
  classType: string;
  input?: string | undefined;
}

/** Adds a warning that begins with its place. */
export function warn(
  { warnings }: Pick<Conversion, 'warnings'>,
  code: ConvertWarningCode,
  { nodeId, classType, input }: Place,
  what: string,
): void {
  const at = input === undefined ? '' : `.${input}`;
  const message = `Node ${nodeId} (${classType})${at}: ${what}.`;
  warnings.push({ code, message, details: { nodeId, ...(input === undefined ? {} : { input }) } });
}
