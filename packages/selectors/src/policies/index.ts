export { type AbstainOptions, abstain } from './abstain.ts';
export type { BestFlow } from './best-flow.ts';
export { type BudgetOptions, budget } from './budget.ts';
export type { FlowPrices } from './budget-limits.ts';
export { type CascadeOptions, cascade } from './cascade.ts';
export type { BanditState, Tally } from './explore/bandit-state.ts';
export { type ExploringSelector, explore } from './explore/explore.ts';
export type { ExplorationPolicy, ExploreOptions } from './explore/options.ts';
export { isUnsure } from './is-unsure.ts';
export {
  estimateOffPolicy,
  type OffPolicyEstimate,
  type OffPolicyOptions,
} from './off-policy/estimate-off-policy.ts';
export type { Estimate, Estimates } from './off-policy/estimators.ts';
export type { LeftOut } from './off-policy/log-entry.ts';
export type { TargetPolicy } from './off-policy/target-policy.ts';
export {
  createPromotion,
  loggedDifference,
  observePromotion,
  type PromotionOptions,
  type PromotionState,
} from './promotion.ts';
export type { RewardSource } from './rewards.ts';
export { type ShortlistOptions, shortlist } from './shortlist.ts';
