/**
 * Measures what the policies promise: hard limits, off-policy estimates, promotion under continuous peeking,
 * the accuracy of Thompson's chances, and a bandit on real human scores where ../shared/data is at hand.
 *
 * node --conditions=comfygen-source packages/selectors/bench/policies.ts [budget | off-policy | promotion | chances |
 * bandit] …
 */
import { measureBandit } from './policies/bandit.ts';
import { measureBudget } from './policies/budget.ts';
import { measureChances } from './policies/chances.ts';
import { measureOffPolicy } from './policies/off-policy.ts';
import { measurePromotion } from './policies/promotion.ts';

const measures = {
  budget: measureBudget,
  'off-policy': measureOffPolicy,
  promotion: measurePromotion,
  chances: measureChances,
  bandit: measureBandit,
};
const wanted = process.argv.slice(2);
for (const [name, measure] of Object.entries(measures)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  console.log(`\n${name}`);
  for await (const line of measure()) console.log(`  ${line}`);
}
