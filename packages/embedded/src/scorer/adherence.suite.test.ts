import { scorerSuite } from 'comfygen/testing';
import { describe, it } from 'vitest';
import { adherence } from './adherence.ts';

scorerSuite({ describe, it }, { create: () => adherence() });
