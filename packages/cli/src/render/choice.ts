import type { Flow, Selection } from 'comfygen';
import type { Colors } from '../terminal/io.ts';
import type { Field } from './fields.ts';
import { formatScore, plain } from './text.ts';

/** The flow that ran (or would run) and why, as labelled lines; `note` says how it came before the first of the ranking. */
export function choiceFields(
  flow: Pick<Flow, 'id' | 'title'>,
  selection: Selection,
  colors: Colors,
  note?: string,
): Field[] {
  const [first] = selection.ranked;
  const chosen = selection.ranked.find(({ flowId }) => flowId === flow.id);
  const fallback =
    first !== undefined && first.flowId !== flow.id ? `in place of ${first.flowId}` : '';
  const aside = note ?? fallback;
  const name = `${colors.green(colors.bold(plain(flow.id)))} · ${plain(flow.title)}`;
  return [
    ['Flow', aside === '' ? name : `${name} (${aside})`],
    ['Why', plain(selection.reason || chosen?.reason || '')],
    ['Saw', selection.labels.map(plain).join(', ')],
    ['Runner-up', runnerUp(flow.id, selection)],
  ];
}

/** The best flow that was not taken, with how far it was behind where the selector gives scores. */
function runnerUp(chosenId: string, { ranked }: Selection): string {
  const other = ranked.find(({ flowId }) => flowId !== chosenId);
  if (other === undefined) return ranked.length === 0 ? '' : 'none: nothing else fits and can run';
  const chosen = ranked.find(({ flowId }) => flowId === chosenId);
  const id = plain(other.flowId);
  if (other.score === null) return `${id}: ${plain(other.reason)}`;
  const score = formatScore(other.score);
  if (chosen?.score == null) return `${id} with ${score}`;
  const margin = chosen.score - other.score;
  const behind =
    margin === 0 ? 'even' : `${formatScore(Math.abs(margin))} ${margin > 0 ? 'behind' : 'ahead'}`;
  return `${id} with ${score}, ${behind} (${formatScore(chosen.score)} for the choice)`;
}
