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
export { buildScoreTable, type ScoreTableOptions } from './table/build-score-table.ts';
