import { selectorSuite } from 'comfygen/testing';
import { describe, it } from 'vitest';
import { rules } from './rules.ts';

selectorSuite({ describe, it }, { create: () => rules() });
