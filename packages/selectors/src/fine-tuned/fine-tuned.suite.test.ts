import { selectorSuite } from 'comfygen/testing';
import { describe, it } from 'vitest';
import { scriptedModel } from '../language-model/test-model.ts';
import { fineTuned } from './fine-tuned.ts';
import { graphText, testFlows } from './test-flows.ts';

const flows = testFlows();

describe('answered with flow ids', () => {
  const create = () => fineTuned({ llm: scriptedModel(() => ({ flow: 'fast' })) });
  selectorSuite({ describe, it }, { create, flows });
});

describe('answered with workflows', () => {
  const llm = scriptedModel(() => graphText({ steps: 21 }));
  const create = () => fineTuned({ llm, output: 'workflow' });
  selectorSuite({ describe, it }, { create, flows });
});

describe('answered without any sense', () => {
  const create = () => fineTuned({ llm: scriptedModel(() => 'I like foxes.') });
  selectorSuite({ describe, it }, { create, flows });
});
