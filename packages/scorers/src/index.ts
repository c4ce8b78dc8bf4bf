export { type Calibration, calibrations } from './calibration.ts';
export { ensemble } from './ensemble.ts';
export type { EnsembleMember } from './members.ts';
