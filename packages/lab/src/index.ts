export { baselines } from './baselines/baselines.ts';
export { evaluateSelectors } from './evaluate/evaluate-selectors.ts';
export type {
  Contestant,
  Evaluation,
  EvaluationOptions,
  EvaluationProgress,
  FitContext,
  FittedSelector,
  Interval,
  SelectorResult,
} from './evaluate/types.ts';
export type { NamedMatrix } from './matrix/align-matrix.ts';
export { averageMatrices } from './matrix/average-matrices.ts';
export { matrixFromRecords, type RecordedMatrix } from './matrix/matrix-from-records.ts';
export { type ParseMatrixOptions, parseMatrix } from './matrix/parse-matrix.ts';
export { costColumns, qualityColumns, type ReportColumn } from './report/columns.ts';
export { describeEvaluation, LEGEND } from './report/describe.ts';
export { renderChart } from './report/render-chart.ts';
export { type ReportOptions, renderMarkdown } from './report/render-markdown.ts';
export { buildScoreTable, type ScoreTableOptions } from './table/build-score-table.ts';
