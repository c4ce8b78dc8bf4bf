import { baselines, type Contestant } from '@comfygen/lab';
import { ComfygenError } from 'comfygen';
import { nearest } from '../../config/nearest.ts';
import type { Entrants, Field } from './entrant.ts';
import { inContextContestant } from './in-context-contestant.ts';
import { learnedEntrants } from './learned-contestants.ts';

/** Who takes part, and who was left out. */
export interface Contest {
  contestants: Contestant[];
  notes: string[];
}

const ENTRANTS: Entrants = {
  rules: {
    load: async () => {
      const { rules } = await import('@comfygen/selectors/rules');
      return { name: 'rules', fit: () => ({ selector: rules(), modelBytes: null }) };
    },
    leftOut: async ({ columns, flows }) => {
      const known = new Set(flows.map(({ id }) => id));
      const unknown = columns.find((column) => !known.has(column));
      if (unknown === undefined) return undefined;
      return `it reads tags of flows, and the library has no flow ${unknown}`;
    },
  },
  ...learnedEntrants,
  'in-context': {
    load: ({ llm }) => inContextContestant(llm),
    leftOut: async ({ llm }) => (llm === undefined ? 'it asks a language model: --llm' : undefined),
  },
};

/** The baselines, and the selectors that are named or that apply. @throws INVALID_OPTIONS listing what there is */
export async function gatherContestants(
  names: readonly string[] | undefined,
  field: Field,
): Promise<Contest> {
  const always = baselines();
  const known = [...always.map(({ name }) => name), ...Object.keys(ENTRANTS)];
  const unknown = names?.find((name) => !known.includes(name));
  if (unknown !== undefined) throw noSelector(unknown, known);
  const notes: string[] = [];
  const contestants: Contestant[] = [...always];
  for (const [name, { load, leftOut }] of Object.entries(ENTRANTS)) {
    if (names !== undefined && !names.includes(name)) continue;
    const reason = names === undefined ? await leftOut?.(field) : undefined;
    if (reason === undefined) contestants.push(await load(field));
    else notes.push(`Left out: ${name}, because ${reason}.`);
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
