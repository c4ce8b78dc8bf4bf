import { baselines, type Contestant } from '@comfygen/lab';
import { ComfygenError, type Flow } from 'comfygen';
import { nearest } from '../../config/nearest.ts';

/** Who takes part, and who was left out. */
export interface Contest {
  contestants: Contestant[];
  notes: string[];
}

/** A selector that is compared where it is named, or by itself where it applies. */
interface Entrant {
  load(): Promise<Contestant>;
  /** Why it takes no part unless it is named; `undefined` where it does. */
  leftOut?(columns: readonly string[], flows: readonly Flow[]): string | undefined;
}

const ENTRANTS: { [name: string]: Entrant } = {
  rules: {
    load: async () => {
      const { rules } = await import('@comfygen/selectors/rules');
      return { name: 'rules', fit: () => ({ selector: rules(), modelBytes: null }) };
    },
    leftOut: (columns, flows) => {
      const known = new Set(flows.map(({ id }) => id));
      const unknown = columns.filter((column) => !known.has(column));
      return unknown.length === 0
        ? undefined
        : `it reads tags of flows, and the library has no flow ${unknown[0]}`;
    },
  },
};

/** The baselines, and the selectors that are named or that apply. @throws INVALID_OPTIONS listing what there is */
export async function gatherContestants(
  names: readonly string[] | undefined,
  columns: readonly string[],
  flows: readonly Flow[],
): Promise<Contest> {
  const always = baselines();
  const known = [...always.map(({ name }) => name), ...Object.keys(ENTRANTS)];
  const unknown = names?.find((name) => !known.includes(name));
  if (unknown !== undefined) throw noSelector(unknown, known);
  const notes: string[] = [];
  const contestants: Contestant[] = [...always];
  for (const [name, { load, leftOut }] of Object.entries(ENTRANTS)) {
    if (names !== undefined && !names.includes(name)) continue;
    const reason = leftOut?.(columns, flows);
    if (reason !== undefined) notes.push(`Left out: ${name}, because ${reason}.`);
    if (reason === undefined || names !== undefined) contestants.push(await load());
  }
  return { contestants, notes };
}

function noSelector(name: string, known: readonly string[]): ComfygenError {
  const meant = nearest(name, known);
  const question = meant === undefined ? '' : ` Did you mean ${meant}?`;
  return new ComfygenError(
    'INVALID_OPTIONS',
    `There is no selector named "${name}" to compare.${question} There is: ${known.join(', ')}.`,
    { details: { selector: name } },
  );
}
