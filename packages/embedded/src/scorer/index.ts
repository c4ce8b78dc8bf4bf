export { type AdherenceOptions, adherence } from './adherence.ts';
