import assert from 'node:assert/strict';
import type { Score, ScorerV1 } from '../../spec/index.ts';
import { assertJsonSafe, assertWarnings } from '../check.ts';

/** Fails unless the score is one that core would keep as it is. */
export function assertScore(score: Score, { range }: ScorerV1, what: string): void {
  const [low, high] = range;
  const { value, raw, members = [], evidence, warnings } = score;
  assert.ok(Number.isFinite(value), `${what}: the value is ${value}`);
  assert.ok(value >= low && value <= high, `${what}: ${value} is outside ${low} to ${high}`);
  assertRaw(raw, what);
  for (const member of members) {
    assert.ok(member.name && member.version, `${what}: a member needs a name and a version`);
    assert.ok(Number.isFinite(member.value), `${what}: ${member.name} gave ${member.value}`);
    assert.ok(Number.isFinite(member.weight), `${what}: ${member.name} weighs ${member.weight}`);
    assertRaw(member.raw, `${what}, ${member.name}`);
  }
  if (evidence !== undefined) assertJsonSafe(evidence, `${what}: the evidence`);
  assertWarnings(warnings, what);
}

function assertRaw(raw: Score['raw'], what: string): void {
  assert.ok(typeof raw === 'object' && raw !== null, `${what}: raw must be an object`);
  for (const [name, value] of Object.entries(raw))
    assert.ok(Number.isFinite(value), `${what}: raw.${name} is ${value}`);
}
