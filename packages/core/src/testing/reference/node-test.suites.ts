// The suites as a user of `node --test` writes them; node-test.test.ts runs this file so.
import { describe, it } from 'node:test';
import { textToImage } from '../example-flows.ts';
import { type ExecutorScenario, executorSuite, scorerSuite, selectorSuite } from '../index.ts';
import { type Script, scriptedBackend } from './scripted-executor.ts';
import { backwards, byteWeight } from './sound-parts.ts';

const SCRIPTS: Record<ExecutorScenario, Script> = {
  succeeds: 'succeed',
  runs: 'hang',
  fails: { fail: 'EXECUTION_FAILED' },
};

executorSuite(
  { describe, it },
  {
    backend: (scenario) => ({
      workflow: textToImage(4),
      create: scriptedBackend([SCRIPTS[scenario]]).create,
    }),
    create: ({ create }) => create(),
  },
);
selectorSuite({ describe, it }, { create: () => backwards });

// `BROKEN=1` shows that a failing case fails the run under this runner too.
const broken = { ...byteWeight, score: async () => ({ value: 2, raw: {}, warnings: [] }) };
scorerSuite({ describe, it }, { create: () => (process.env['BROKEN'] ? broken : byteWeight) });
