// The suites as a user of `node --test` writes them; node-test.test.ts runs this file so.
import { describe, it } from 'node:test';
import { executorSuite, scorerSuite, selectorSuite } from '../index.ts';
import { createTestGraph } from '../test-flow.ts';
import { scriptedBackend } from './scripted-executor.ts';
import { backwards, byteWeight } from './sound-parts.ts';

const SCRIPTS = {
  succeeds: 'succeed',
  runs: 'hang',
  fails: { fail: 'EXECUTION_FAILED' },
} as const;

executorSuite(
  { describe, it },
  {
    backend(scenario) {
      if (!(scenario in SCRIPTS)) return undefined;
      const script = SCRIPTS[scenario as keyof typeof SCRIPTS];
      return { workflow: createTestGraph(), create: scriptedBackend([script]).create };
    },
    create: ({ create }) => create(),
  },
);
selectorSuite({ describe, it }, { create: () => backwards });

// `BROKEN=1` shows that a failing case fails the run under this runner too.
const broken = { ...byteWeight, score: async () => ({ value: 2, raw: {}, warnings: [] }) };
scorerSuite({ describe, it }, { create: () => (process.env['BROKEN'] ? broken : byteWeight) });
