import { selectorSuite } from 'comfygen/testing';
import { describe, it } from 'vitest';
import { rules } from '../rules/rules.ts';
import { abstain } from './abstain.ts';
import { budget } from './budget.ts';
import { cascade } from './cascade.ts';
import { explore } from './explore/explore.ts';
import { shortlist } from './shortlist.ts';

// What core's suite offers are flows of these names; a policy may know any of them.
const costs = { plain: 1, 'two-objects': 1, fast: 1, detailed: 1 };

selectorSuite({ describe, it }, { create: () => abstain(rules(), { best: 'plain' }) });
selectorSuite({ describe, it }, { create: () => shortlist(rules(), { size: 2 }) });
selectorSuite({ describe, it }, { create: () => budget(rules(), { maxCost: 2, costs }) });
selectorSuite({ describe, it }, { create: () => explore(rules()) });
selectorSuite({ describe, it }, { create: () => explore(rules(), { policy: 'epsilon' }) });
selectorSuite({ describe, it }, { create: () => explore(rules(), { policy: 'softmax' }) });
selectorSuite({ describe, it }, { create: () => cascade(rules(), rules({ default: 'fast' })) });
selectorSuite(
  { describe, it },
  {
    create: () => {
      const sure = abstain(cascade(rules(), rules()), { best: 'plain' });
      return shortlist(explore(budget(sure, { maxCost: 2, costs }), { floor: 0.02 }), { size: 2 });
    },
  },
);
