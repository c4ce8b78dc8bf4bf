import { selectorSuite } from 'comfygen/testing';
import { describe, it } from 'vitest';
import { testMatrix } from './__fixtures__/world.ts';
import { learned } from './learned.ts';
import { trainLearned } from './train-learned.ts';

const matrix = { ...testMatrix(), flows: ['plain', 'two-objects', 'fast', 'detailed'] };
const model = await trainLearned(matrix);

selectorSuite({ describe, it }, { create: () => learned({ model }) });
