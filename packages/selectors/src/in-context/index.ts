export type { PromptLabeller } from '../language-model/prompt-labeller.ts';
export { type CompactTable, type CompactTableOptions, compactTable } from './compact-table.ts';
export { inContext } from './in-context.ts';
export type { LabelDefinition } from './label-definition.ts';
export {
  type LabelledPrompts,
  type LabelProgress,
  type LabelPromptsOptions,
  labelPrompts,
} from './label-prompts.ts';
export type { InContextOptions } from './options.ts';
export { type ProposedLabels, type ProposeLabelsOptions, proposeLabels } from './propose-labels.ts';
