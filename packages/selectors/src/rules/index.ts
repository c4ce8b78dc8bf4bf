export {
  LABELS,
  labelPrompt,
  type PromptLabel,
  type PromptLabels,
  type PromptTrait,
} from './label-prompt.ts';
export type { HostRule, RulesOptions } from './options.ts';
export { rules } from './rules.ts';
