import { ComfygenError, parseOptions, type ScorerV1 } from 'comfygen/plugin';
import { z } from 'zod';
import { type Calibration, calibrationSchema } from './calibration.ts';

/** A scorer in an ensemble, with its weight and calibration. */
export interface EnsembleMember {
  /** The scorer; its name must differ from those of the other members. */
  scorer: ScorerV1;
  /** How much it counts, above 0, relative to the sum of all weights. Default: 1. */
  weight?: number | undefined;
  /**
   * How its values are brought to 0 to 1. Default: its range becomes 0 to 1; a scorer of unbounded range needs one.
   */
  calibration?: Calibration | undefined;
}

/** A member with its defaults filled in. */
export interface ResolvedMember {
  scorer: ScorerV1;
  /** Its share of the sum of weights, 0 to 1. */
  weight: number;
  calibration: Calibration;
}

const settings = z
  .array(
    z.strictObject({
      weight: z.number().positive().refine(Number.isFinite),
      calibration: calibrationSchema.optional(),
    }),
  )
  .min(1);

/** The members with weights that sum to 1. Throws INVALID_OPTIONS. */
export function resolveMembers(given: readonly (ScorerV1 | EnsembleMember)[]): ResolvedMember[] {
  const members = given.map((item) => ('scorer' in item ? item : { scorer: item }));
  const checked = parseOptions(
    { role: 'scorer', name: 'ensemble' },
    settings,
    members.map(({ scorer: _, weight = 1, ...rest }: EnsembleMember) => ({ weight, ...rest })),
  );
  const names = members.map(({ scorer }) => scorer.name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw invalid(`two members are called ${twice}`);
  const sum = checked.reduce((total, { weight }) => total + weight, 0);
  return members.map(({ scorer }, index) => ({
    scorer,
    weight: checked[index]!.weight / sum,
    calibration: checked[index]!.calibration ?? rangeOf(scorer),
  }));
}

function rangeOf({ name, range: [low, high] }: ScorerV1): Calibration {
  if (!Number.isFinite(low) || !Number.isFinite(high) || low >= high) {
    throw invalid(`${name} has the range ${low} to ${high}: give it a calibration`);
  }
  return { id: `range[${low},${high}]`, kind: 'affine', low, high };
}

const invalid = (problem: string) =>
  new ComfygenError('INVALID_OPTIONS', `ensemble: ${problem}`, {
    part: { role: 'scorer', name: 'ensemble' },
  });
