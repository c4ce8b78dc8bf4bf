export type { Measures } from './measure.ts';
export { type TechnicalOptions, technical } from './technical.ts';
