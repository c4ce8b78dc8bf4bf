import type { Flow, JsonValue, Selection, SelectResult } from 'comfygen';
import type { Colors, Io } from '../terminal/io.ts';
import { type Field, renderFields, renderTable } from './table.ts';
import { formatScore, plain, plural } from './text.ts';

/**
 * The flow that ran (or would run) and why, as labelled lines. `note` says how it came before the first of
 * the ranking.
 */
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
    ['Passed over', describePassedOver(selection)],
  ];
}

/** The best flow that was not taken, with the scores that the selector expects of both where it gives them. */
function runnerUp(chosenId: string, { ranked, passedOver }: Selection): string {
  if (passedOver !== undefined) return '';
  const other = ranked.find(({ flowId }) => flowId !== chosenId);
  if (other === undefined) return ranked.length === 0 ? '' : 'none: nothing else fits and can run';
  const chosen = ranked.find(({ flowId }) => flowId === chosenId);
  const id = plain(other.flowId);
  if (other.score === null) return `${id}: ${plain(other.reason)}`;
  const expected = `${id}, expected score ${formatScore(other.score)}`;
  return chosen?.score == null ? expected : `${expected} against ${formatScore(chosen.score)}`;
}

/** The flows that could run and fit, and were not asked about since the caller named one. */
function describePassedOver({ passedOver = [] }: Selection): string {
  const more = passedOver.length - SHOWN;
  const names = passedOver.slice(0, SHOWN).map(plain).join(', ');
  return more > 0 ? `${names} and ${more} more` : names;
}

/** A choice, with what is needed to explain it. */
export interface ExplanationView extends Pick<SelectResult, 'selection' | 'offered' | 'skipped'> {
  flow: Pick<Flow, 'id' | 'title'>;
  selector: string;
}

type Out = Pick<Io, 'outColors' | 'columns'>;

/** Everything that is known of a choice: the choice, the ranking, the facts behind it, what was left out. */
export function renderExplanation(view: ExplanationView, io: Out): string {
  const { selection, offered, skipped, flow, selector } = view;
  const { outColors: colors, columns } = io;
  const fields: Field[] = [
    ...choiceFields(flow, selection, colors),
    ['Gain', describeGain(selection)],
    ['Abstained', selection.abstained ? 'yes: the best single flow was taken' : ''],
    ['Shortlist', describeShortlist(selection)],
    ['Paid', describeUsage(selection)],
    ['Chosen by', `${selector}, from ${plural(offered.length, 'flow')}`],
  ];
  const evidence = Object.entries(selection.evidence ?? {}).map(
    ([key, value]): Field => [plain(key), describeFact(value)],
  );
  return [
    renderFields(fields, colors, columns),
    renderRanking(selection, io),
    heading('Facts', evidence.length > 0, io) + renderFields(evidence, colors, columns),
    heading(`Left out: ${plural(skipped.length, 'flow')}`, skipped.length > 0, io) +
      renderSkipped(skipped, io),
  ]
    .filter(Boolean)
    .join('\n');
}

const heading = (text: string, isShown: boolean, { outColors }: Out) =>
  isShown ? `${outColors.bold(text)}\n` : '';

/** Columns that say nothing are left out: intervals where none is known, chances where the first is certain. */
function renderRanking({ ranked }: Selection, { outColors: colors, columns }: Out): string {
  const has = {
    score: ranked.some(({ score }) => score !== null),
    interval: ranked.some(({ interval }) => interval !== null),
    chance: ranked.some(({ probability }) => probability > 0 && probability < 1),
  };
  const cells = ranked.map((one, place) => [
    String(place + 1),
    `${plain(one.flowId)}${one.workflow ? ' (own graph)' : ''}`,
    ...(has.score ? [one.score === null ? '–' : formatScore(one.score)] : []),
    ...(has.interval ? [one.interval === null ? '–' : describeInterval(one.interval)] : []),
    ...(has.chance ? [formatChance(one.probability)] : []),
    plain(one.reason),
  ]);
  const titles = [
    { title: '#' },
    { title: 'FLOW', least: 12, paint: colors.bold },
    ...(has.score ? [{ title: 'SCORE' }] : []),
    ...(has.interval ? [{ title: '90 % INTERVAL' }] : []),
    ...(has.chance ? [{ title: 'CHANCE' }] : []),
    { title: 'WHY', least: 12, paint: colors.dim },
  ];
  return renderTable(titles, cells, colors, columns);
}

/** Flows that share a reason stand on one line. */
function renderSkipped(
  skipped: ExplanationView['skipped'],
  { outColors: colors, columns }: Out,
): string {
  const byReason = new Map<string, string[]>();
  for (const { flowId, reasons, missing } of skipped) {
    const files = missing.models.map(({ file }) => file);
    const lacks = [...files, ...missing.classes.map((name) => `node class ${name}`)];
    const why = lacks.length > 0 ? `needs ${lacks.join(', ')}` : (reasons[0]?.message ?? '');
    byReason.set(plain(why), [...(byReason.get(plain(why)) ?? []), plain(flowId)]);
  }
  const rows = [...byReason].map(([why, ids]) => [ids.join(', '), why]);
  return renderTable(
    [
      { title: 'FLOW', least: 20, paint: colors.bold },
      { title: 'WHY', least: 20, paint: colors.dim },
    ],
    rows,
    colors,
    columns,
  );
}

/** Empty where the first is the best single flow itself. */
function describeGain({ gain, ranked }: Selection): string {
  if (gain === undefined || gain.over === ranked[0]?.flowId) return '';
  const { mean, over, interval } = gain;
  const sign = mean < 0 ? '' : '+';
  return `${sign}${formatScore(mean)} over ${plain(over)}, 90 % interval ${describeInterval(interval)}`;
}

function describeShortlist({ shortlist }: Selection): string {
  if (shortlist === undefined) return '';
  const { size, stopAt, budgetMs } = shortlist;
  const ends = [
    stopAt === null ? '' : `until a picture has ${formatScore(stopAt)}`,
    budgetMs === null ? '' : `for ${budgetMs} ms`,
  ].filter(Boolean);
  return [`the first ${size} are run and the best picture is taken`, ...ends].join(', ');
}

function describeUsage({ usage }: Selection): string {
  if (usage === undefined) return '';
  const { inputTokens, cachedTokens, outputTokens, costUsd } = usage;
  const cached = cachedTokens > 0 ? ` (${cachedTokens} cached)` : '';
  const cost = costUsd === null ? 'price not known' : `$${costUsd.toPrecision(2)}`;
  return `${inputTokens} tokens read${cached}, ${outputTokens} written, ${cost}`;
}

const describeInterval = ([low, high]: readonly [number, number]) =>
  `${formatScore(low)} to ${formatScore(high)}`;

const formatChance = (chance: number) =>
  chance > 0 && chance < 0.001 ? '<0.1 %' : `${(chance * 100).toFixed(1)} %`;

/** How many items of a list are shown. */
const SHOWN = 5;

/** A fact of a selector's evidence for a person: one line, or a line an item where the items have fields. */
function describeFact(value: JsonValue | undefined): string | string[] {
  if (!Array.isArray(value) || !value.some(isRecord)) return inline(value);
  const more = value.length - SHOWN;
  const lines = value.slice(0, SHOWN).map(inline);
  return more > 0 ? [...lines, `and ${more} more`] : lines;
}

function inline(value: JsonValue | undefined): string {
  if (value === undefined || value === null) return '–';
  if (typeof value === 'number')
    return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(3)));
  if (typeof value !== 'object') return plain(String(value));
  if (Array.isArray(value)) {
    const more = value.length > SHOWN ? ` and ${value.length - SHOWN} more` : '';
    return value.length === 0 ? 'none' : value.slice(0, SHOWN).map(nested).join(', ') + more;
  }
  return Object.entries(value)
    .map(([key, item]) => `${plain(key)} ${nested(item)}`)
    .join(', ');
}

/** Lists and records inside others are set off. */
function nested(value: JsonValue): string {
  return typeof value === 'object' && value !== null ? `(${inline(value)})` : inline(value);
}

const isRecord = (value: JsonValue) =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
