export type { GainRecord } from './gain.ts';
export type { Reach } from './intervals.ts';
export { learned } from './learned.ts';
export {
  type LearnedFlow,
  type LearnedModel,
  type LearnedPrompt,
  parseLearnedModel,
} from './model.ts';
export type { LearnedOptions, TrainLearnedOptions } from './options.ts';
export type { PackedRows } from './packed.ts';
export { trainLearned } from './train-learned.ts';
