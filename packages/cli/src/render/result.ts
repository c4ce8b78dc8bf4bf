import type { Flow, Score, Selection, Warning } from 'comfygen';
import type { Io } from '../terminal/io.ts';
import { choiceFields } from './choice.ts';
import { type Field, renderFields } from './fields.ts';
import { formatMs, formatScore, plain, plural } from './text.ts';
import { renderWarnings } from './warnings.ts';

/** What a finished run tells a person. */
export interface ResultView {
  /** Best first. */
  images: readonly { path: string; seed: string; score: Score | null }[];
  flow: Pick<Flow, 'id' | 'title'>;
  selection: Selection;
  executor: string;
  attempts: number;
  timings: { selectMs: number; executeMs: number; scoreMs: number; totalMs: number };
  warnings: readonly Pick<Warning, 'message'>[];
}

/** The pictures' paths, then the choice explained. */
export function renderResult(view: ResultView, io: Io): string {
  const colors = io.outColors;
  const { timings, images, attempts } = view;
  const parts = `choose ${formatMs(timings.selectMs)}, run ${formatMs(timings.executeMs)}, score ${formatMs(timings.scoreMs)}`;
  const tried = attempts > 1 ? ` in ${plural(attempts, 'attempt')}` : '';
  const fields: Field[] = [
    ...choiceFields(view.flow, view.selection, colors),
    ...(images.length === 1 ? bestFields(images[0]!) : []),
    ['Time', `${formatMs(timings.totalMs)}: ${parts}`],
    ['Ran on', `${view.executor}${tried}`],
  ];
  const warnings = renderWarnings(view.warnings, colors, io.columns);
  return [
    images.map((image) => pathLine(image, images.length, io)).join(''),
    renderFields(fields, colors, io.columns),
    ...(warnings === '' ? [] : [warnings]),
  ].join('\n');
}

function bestFields({ seed, score }: ResultView['images'][number]): Field[] {
  return [
    ['Score', score === null ? '' : describeScore(score)],
    ['Seed', seed],
  ];
}

/** Many pictures are told apart by seed and score on their own line. */
function pathLine(image: ResultView['images'][number], count: number, io: Io): string {
  const path = io.outColors.bold(image.path);
  if (count === 1) return `${path}\n`;
  const score = image.score === null ? '' : `${formatScore(image.score.value)}  `;
  return `${path}  ${io.outColors.dim(`${score}seed ${image.seed}`)}\n`;
}

/** The score and what it is made of: `0.84: adherence 0.91, technical 0.70`. */
function describeScore({ value, members, raw }: Score): string {
  const pieces = members?.length
    ? members.map((member) => `${plain(member.name)} ${formatScore(member.value)}`)
    : Object.entries(raw).map(([name, one]) => `${plain(name)} ${formatScore(one)}`);
  return [formatScore(value), pieces.join(', ')].filter(Boolean).join(': ');
}
