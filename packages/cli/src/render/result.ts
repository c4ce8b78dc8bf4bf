import type { CandidateRecord, Flow, ResultImage, Score, Selection } from 'comfygen';
import type { Colors, Io } from '../terminal/io.ts';
import { choiceFields } from './choice.ts';
import { renderWarnings } from './messages.ts';
import { type Field, renderFields } from './table.ts';
import { formatMs, formatScore, plain, plural } from './text.ts';

/** A file of a run, as it is shown. */
type Shown = Pick<ResultImage, 'seed' | 'batchIndex' | 'flowId' | 'score' | 'role' | 'kind'> & {
  path: string;
};

/** What is shown to a person of a finished run. */
export interface ResultView {
  /** The pictures, best first. */
  images: readonly Shown[];
  /** The flows that were tried: all of a shortlist, else the one that was run. */
  candidates: readonly CandidateRecord[];
  flow: Pick<Flow, 'id' | 'title'>;
  selection: Selection;
  executor: string;
  attempts: number;
  timings: { selectMs: number; executeMs: number; scoreMs: number; totalMs: number };
  warnings: Parameters<typeof renderWarnings>[0];
  /** Leaves out notes. */
  quiet?: boolean | undefined;
}

/** The pictures' paths, then the choice explained. */
export function renderResult(view: ResultView, io: Io): string {
  const colors = io.outColors;
  const { timings, images, attempts } = view;
  const mains = images.filter(({ role }) => role === 'main');
  const parts = `choose ${formatMs(timings.selectMs)}, run ${formatMs(timings.executeMs)}, score ${formatMs(timings.scoreMs)}`;
  const run = view.candidates.filter(({ outcome }) => outcome !== 'skipped').length;
  const tried = attempts > run ? ` in ${plural(attempts, 'attempt')}` : '';
  const fields: Field[] = [
    ...(view.candidates.length > 1
      ? shortlistFields(view, colors)
      : choiceFields(view.flow, view.selection, colors)),
    ...(mains.length === 1 ? bestFields(mains[0]!) : []),
    ['Time', `${formatMs(timings.totalMs)}: ${parts}`],
    ['Ran on', `${view.executor}${tried}`],
  ];
  const warnings = renderWarnings(view.warnings, colors, io.columns, view.quiet);
  return [
    images.map((image) => pathLine(image, view, io)).join(''),
    renderFields(fields, colors, io.columns),
    ...(warnings === '' ? [] : [warnings]),
  ].join('\n');
}

/** What was tried stands in place of the runner-up. */
function shortlistFields({ flow, selection, candidates }: ResultView, colors: Colors): Field[] {
  const choice = choiceFields(flow, selection, colors, 'the best of those that were run');
  return [
    ...choice.filter(([label]) => label !== 'Runner-up'),
    ['Tried', candidates.map(describeCandidate)],
  ];
}

function bestFields({ seed, batchIndex, score }: ResultView['images'][number]): Field[] {
  return [
    ['Score', score === null ? '' : describeScore(score)],
    ['Seed', batchIndex === 0 ? seed : `${seed}, index ${batchIndex}`],
  ];
}

/** Many pictures are told apart by score, seed and, of a shortlist, by flow on their own line. */
function pathLine(
  image: ResultView['images'][number],
  { images, candidates }: ResultView,
  io: Io,
): string {
  const path = io.outColors.bold(image.path);
  if (images.length === 1) return `${path}\n`;
  if (image.role === 'other') return `${path}  ${io.outColors.dim('besides the main output')}\n`;
  const score = image.score === null ? '' : `${formatScore(image.score.value)}  `;
  const flow = candidates.length > 1 ? `  ${plain(image.flowId)}` : '';
  // What `--seed` and `--index` take to make it again.
  const isBatch = images.some(({ batchIndex }) => batchIndex > 0);
  const index = isBatch ? `  index ${image.batchIndex}` : '';
  return `${path}  ${io.outColors.dim(`${score}seed ${image.seed}${index}${flow}`)}\n`;
}

/** `sdxl-base 0.71`, or why there is no picture of it. */
function describeCandidate({ flowId, outcome, score, reason }: CandidateRecord): string {
  if (outcome === 'succeeded') {
    return `${plain(flowId)} ${score === null ? 'without a score' : formatScore(score)}`;
  }
  return `${plain(flowId)} ${outcome}: ${plain(reason ?? '')}`;
}

/** The score and what it is made of: `0.84: adherence 0.91, technical 0.70`. */
function describeScore({ value, members, raw }: Score): string {
  const pieces = members?.length
    ? members.map((member) => `${plain(member.name)} ${formatScore(member.value)}`)
    : Object.entries(raw).map(([name, one]) => `${plain(name)} ${formatScore(one)}`);
  return [formatScore(value), pieces.join(', ')].filter(Boolean).join(': ');
}
