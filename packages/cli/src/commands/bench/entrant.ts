import type { Contestant } from '@comfygen/lab';
import type { Flow } from 'comfygen';

/** What the data is about. */
export interface Field {
  /** Ids of the flows that were scored. */
  columns: readonly string[];
  /** The library, in which they may be. */
  flows: readonly Flow[];
  /** `--llm`. */
  llm: string | undefined;
}

/** A selector that takes part where it is named, or by itself where it applies. */
interface Entrant {
  load(field: Field): Promise<Contestant>;
  /** Why it takes no part by itself; `undefined` where it does. */
  leftOut?(field: Field): Promise<string | undefined>;
}

/** By their names. */
export type Entrants = { [name: string]: Entrant };
