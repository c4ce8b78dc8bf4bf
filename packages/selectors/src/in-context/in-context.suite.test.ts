import { selectorSuite } from 'comfygen/testing';
import { describe, it } from 'vitest';
import { choose, scriptedModel, table } from '../language-model/__fixtures__/scripted-model.ts';
import { inContext } from './in-context.ts';

// The suite's flows, one of which the table lacks.
const scores = table({ plain: 0.1, 'two-objects': 0.2, fast: 0.3 }, { anime: [0.1, 0.2, 0.4] });

describe('in-context with a table', () => {
  selectorSuite(
    { describe, it },
    { create: () => inContext({ llm: scriptedModel(() => choose(2, 1)), scores }) },
  );
});

describe('in-context without scores', () => {
  selectorSuite(
    { describe, it },
    { create: () => inContext({ llm: scriptedModel(() => choose(3)) }) },
  );
});

describe('in-context whose model writes nonsense', () => {
  selectorSuite(
    { describe, it },
    { create: () => inContext({ llm: scriptedModel(() => 'no idea'), scores }) },
  );
});
