import type { Evaluation } from '../evaluate/types.ts';
import { costColumns, qualityColumns, type ReportColumn } from './columns.ts';
import { describeEvaluation, LEGEND } from './describe.ts';

/** Options of `renderMarkdown` and `renderChart`. */
export interface ReportOptions {
  /** The heading: what the data is. */
  title: string;
}

/** The results as a Markdown page: two tables, what their columns mean, and what was left out. */
export function renderMarkdown(evaluation: Evaluation, { title }: ReportOptions): string {
  const { selectors, notes } = evaluation;
  const remarks = selectors.flatMap(({ selector, note }) =>
    note === null ? [] : [`${selector}: ${note}.`],
  );
  const list = [...LEGEND, ...remarks, ...notes].map((line) => `- ${escapeCell(line)}`);
  const table = (columns: readonly ReportColumn[]) => {
    const row = (cells: readonly string[]) => `| ${cells.map(escapeCell).join(' | ')} |`;
    return [
      row(columns.map(({ title }) => title)),
      row(columns.map((_, index) => (index === 0 ? '---' : '--:'))),
      ...selectors.map((result) => row(columns.map(({ cell }) => cell(result)))),
    ].join('\n');
  };
  const parts = [
    `# ${escapeCell(title)}`,
    `${capital(describeEvaluation(evaluation))}.`,
    table(qualityColumns),
    table(costColumns),
    list.join('\n'),
  ];
  return `${parts.join('\n\n')}\n`;
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

const escapeCell = (text: string) => text.replace(/[\\|`*_<>[\]~]/g, '\\$&').replace(/\s+/g, ' ');
