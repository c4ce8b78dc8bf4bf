import { scorerSuite } from 'comfygen/testing';
import { describe, it } from 'vitest';
import { ensemble } from '../ensemble.ts';
import { technical } from './technical.ts';

scorerSuite({ describe, it }, { create: () => technical() });

describe('joined with itself', () => {
  scorerSuite({ describe, it }, { create: () => ensemble([{ scorer: technical(), weight: 2 }]) });
});
