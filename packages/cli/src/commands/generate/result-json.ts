import type { GenerateResult, Warning } from 'comfygen';

/** What `generate --json` prints: stable keys for scripts; docs/getting-started.md shows it. */
export function resultJson(
  result: GenerateResult,
  paths: readonly string[],
  warnings: readonly Warning[],
) {
  const { flow, selection, plan } = result;
  return {
    runId: result.runId,
    images: result.images.map(({ hash, mediaType, seed, flowId, score }, index) => ({
      path: paths[index],
      hash,
      mediaType,
      seed,
      flow: flowId,
      score: score?.value ?? null,
      raw: score?.raw ?? {},
      members: score?.members,
      evidence: score?.evidence,
    })),
    flow: { id: flow.id, title: flow.title, baseModel: flow.baseModel },
    labels: selection.labels,
    reason: selection.reason,
    candidates: result.candidates,
    ranked: selection.ranked.map(({ workflow: _, ...rest }) => rest),
    executor: result.executor,
    attempts: result.attempts,
    timings: result.timings,
    warnings,
    planHash: plan.hash,
  };
}
