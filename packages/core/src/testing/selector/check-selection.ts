import assert from 'node:assert/strict';
import type { Flow, Selection } from '../../spec/index.ts';
import { assertJsonSafe, assertWarnings } from '../check.ts';

const TOLERANCE = 1e-6;

/** Fails unless the answer is one that core would take as it is. */
export function assertSelection(
  selection: Selection,
  offered: readonly Flow[],
  what: string,
): void {
  const { ranked, labels, reason, evidence, warnings } = selection;
  const ids = offered.map(({ id }) => id);
  const seen = new Set<string>();
  for (const { flowId, score, interval, probability, reason: why } of ranked) {
    assert.ok(ids.includes(flowId), `${what}: "${flowId}" was not offered`);
    assert.ok(!seen.has(flowId), `${what}: "${flowId}" is ranked twice`);
    seen.add(flowId);
    assert.ok(score === null || Number.isFinite(score), `${what}: ${flowId} has score ${score}`);
    assert.ok(probability >= 0 && probability <= 1, `${what}: probability ${probability}`);
    assert.ok(typeof why === 'string' && why !== '', `${what}: no reason for ${flowId}`);
    if (interval === null) continue;
    const [low, high] = interval;
    assert.ok(low <= high, `${what}: the interval of ${flowId} runs from ${low} to ${high}`);
  }
  const total = ranked.reduce((sum, { probability }) => sum + probability, 0);
  if (ranked.length > 0)
    assert.ok(Math.abs(total - 1) < TOLERANCE, `${what}: probabilities sum to ${total}`);
  assert.ok(Array.isArray(labels) && labels.every((label) => typeof label === 'string'));
  assert.ok(typeof reason === 'string' && reason !== '', `${what}: no reason for a person`);
  if (evidence !== undefined) assertJsonSafe(evidence, `${what}: the evidence`);
  assertWarnings(warnings, what);
}
