import type { SelectorResult } from '../evaluate/types.ts';
import {
  formatBytes,
  formatMicros,
  formatRecovery,
  formatScore,
  formatSeconds,
  formatShare,
  NONE,
} from './format.ts';

/** A column of a results table: its title, and the text of its cell in a row. */
export interface ReportColumn {
  title: string;
  cell(row: SelectorResult): string;
}

const selector: ReportColumn = { title: 'selector', cell: (row) => row.selector };

/** Columns about the quality of choices: recovery, score, regret. */
export const qualityColumns: readonly ReportColumn[] = [
  selector,
  { title: 'ρ', cell: ({ rho }) => formatRecovery(rho?.mean ?? null) },
  {
    title: '95 % interval',
    cell: ({ rho }) =>
      rho === null ? NONE : `${formatRecovery(rho.low)} … ${formatRecovery(rho.high)}`,
  },
  { title: 'worst', cell: ({ worstSplit }) => formatRecovery(worstSplit) },
  { title: 'top 2', cell: ({ top2 }) => formatRecovery(top2) },
  { title: 'top 3', cell: ({ top3 }) => formatRecovery(top3) },
  { title: 'top 2~', cell: ({ top2Noisy }) => formatRecovery(top2Noisy) },
  { title: 'top 3~', cell: ({ top3Noisy }) => formatRecovery(top3Noisy) },
  { title: 'score', cell: ({ score }) => formatScore(score) },
  { title: 'regret', cell: ({ regret, score }) => formatScore(regret, score) },
];

/** Columns about certainty and cost: intervals, abstentions, times, model size. */
export const costColumns: readonly ReportColumn[] = [
  selector,
  { title: 'inside 90 %', cell: ({ coverage90 }) => formatShare(coverage90) },
  { title: 'abstained', cell: ({ abstained }) => formatShare(abstained) },
  { title: 'µs mean', cell: ({ microsPerChoice }) => formatMicros(microsPerChoice) },
  { title: 'p50', cell: ({ microsP50 }) => formatMicros(microsP50) },
  { title: 'p99', cell: ({ microsP99 }) => formatMicros(microsP99) },
  { title: 'train s', cell: ({ trainSeconds }) => formatSeconds(trainSeconds) },
  { title: 'model', cell: ({ modelBytes }) => formatBytes(modelBytes) },
];
