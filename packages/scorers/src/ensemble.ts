import {
  type CallContext,
  ComfygenError,
  defineScorer,
  namesIn,
  type Score,
  type ScorerRequest,
  type ScorerV1,
  type Warning,
} from 'comfygen/plugin';
import { applyCalibration } from './calibration.ts';
import { type EnsembleMember, type ResolvedMember, resolveMembers } from './members.ts';

type Outcome =
  | { member: ResolvedMember; score: Score }
  | { member: ResolvedMember; error: unknown };

/**
 * One scorer out of several, 0 to 1: each member's value is put on a common scale by its fixed
 * calibration, then averaged by weight. Members' own values stay in `members` and `raw`, so another
 * weighting can be computed later. `name` holds members and weights, `version` the calibrations: a
 * changed ensemble is another scorer. A member that fails is left out with the warning
 * `member-failed`, its weight shared by the rest; where all fail it throws PART_FAILED, or the
 * members' error where they agree on its code. Throws INVALID_OPTIONS.
 */
export function ensemble(members: readonly (ScorerV1 | EnsembleMember)[]): ScorerV1 {
  const resolved = resolveMembers(members);
  const parts = resolved.map(({ scorer }) => scorer);
  const scorer = defineScorer({
    name: `ensemble(${resolved.map(nameOf).join(',')})`,
    version: `1+${resolved.map(({ calibration }) => calibration.id).join('+')}`,
    range: [0, 1] as const,
    inner: parts.flatMap(namesIn),
    runOptions: Object.assign({}, ...parts.map((part) => part.runOptions)),
    supports: {
      deterministic: parts.every((part) => part.supports.deterministic),
      prompt: parts.some((part) => part.supports.prompt),
      network: parts.some((part) => part.supports.network),
      parts: parts.some((part) => part.supports.parts === true),
    },
    async score(request, ctx) {
      ctx.signal.throwIfAborted();
      const outcomes = await Promise.all(resolved.map((member) => ask(member, request, ctx)));
      ctx.signal.throwIfAborted();
      return combine(outcomes);
    },
    async dispose() {
      const ends = await Promise.allSettled(parts.map((part) => part.dispose?.()));
      const failed = ends.find((end) => end.status === 'rejected');
      if (failed !== undefined) throw failed.reason;
    },
  });
  return scorer;
}

const nameOf = ({ scorer, weight }: ResolvedMember) =>
  `${scorer.name}@${scorer.version}*${Number(weight.toPrecision(4))}`;

async function ask(
  member: ResolvedMember,
  request: ScorerRequest,
  ctx: CallContext,
): Promise<Outcome> {
  try {
    const score = await member.scorer.score(request, ctx);
    if (Number.isFinite(score.value)) return { member, score };
    const part = { role: 'scorer', name: member.scorer.name } as const;
    const message = `${part.name} gave ${score.value}, which is no score`;
    return { member, error: new ComfygenError('PART_FAILED', message, { part }) };
  } catch (error) {
    return { member, error };
  }
}

function combine(outcomes: readonly Outcome[]): Score {
  const scored = outcomes.filter((outcome) => 'score' in outcome);
  const failed = outcomes.filter((outcome) => 'error' in outcome);
  if (scored.length === 0) throw commonError(failed.map(({ error }) => error));
  const total = scored.reduce((sum, { member }) => sum + member.weight, 0);
  const members = scored.map(({ member: { scorer, weight }, score }) => ({
    name: scorer.name,
    version: scorer.version,
    value: score.value,
    weight: weight / total,
    raw: score.raw,
  }));
  const value = scored.reduce(
    (sum, { member, score }, index) =>
      sum + members[index]!.weight * applyCalibration(member.calibration, score.value),
    0,
  );
  return {
    // Weights that sum to 1 may still give 1.0000000000000002.
    value: Math.min(Math.max(value, 0), 1),
    raw: Object.fromEntries(members.flatMap(rawEntries)),
    members,
    evidence: Object.fromEntries(
      scored.map(({ member, score }) => [member.scorer.name, score.evidence ?? {}]),
    ),
    warnings: [...failed.map(failure), ...scored.flatMap(memberWarnings)],
  };
}

/** `technical` and `technical.noiseSigma`. */
const rawEntries = (member: { name: string; value: number; raw: Score['raw'] }) => [
  [member.name, member.value] as const,
  ...Object.entries(member.raw).map(([key, value]) => [`${member.name}.${key}`, value] as const),
];

const memberWarnings = ({ member, score }: { member: ResolvedMember; score: Score }): Warning[] =>
  score.warnings.map((warning) => ({
    ...warning,
    part: warning.part ?? { role: 'scorer', name: member.scorer.name },
  }));

function failure({ member, error }: { member: ResolvedMember; error: unknown }): Warning {
  const code = ComfygenError.is(error) ? error.code : 'PART_FAILED';
  const why = error instanceof Error ? error.message : String(error);
  return {
    code: 'member-failed',
    message: `${member.scorer.name} is left out of the score: ${why}`,
    part: { role: 'scorer', name: member.scorer.name },
    details: { code },
  };
}

function commonError(errors: readonly unknown[]): unknown {
  const [first] = errors;
  const isCommon =
    ComfygenError.is(first) && errors.every((error) => ComfygenError.is(error, first.code));
  if (isCommon) return first;
  return new ComfygenError('PART_FAILED', 'every scorer of the ensemble failed', {
    part: { role: 'scorer', name: 'ensemble' },
    cause: first,
  });
}
