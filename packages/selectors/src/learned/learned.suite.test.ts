import { selectorSuite } from 'comfygen/testing';
import { describe, it } from 'vitest';
import { learned } from './learned.ts';
import { testMatrix } from './test-world.ts';
import { trainLearned } from './train-learned.ts';

const matrix = { ...testMatrix(), flows: ['plain', 'two-objects', 'fast', 'detailed'] };
const model = await trainLearned(matrix);

selectorSuite({ describe, it }, { create: () => learned({ model }) });
