import { selectorSuite } from 'comfygen/testing';
import { describe, it } from 'vitest';
import { scriptedModel } from '../language-model/__fixtures__/scripted-model.ts';
import { graphText, testFlows } from './__fixtures__/flows.ts';
import { fineTuned } from './fine-tuned.ts';

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
