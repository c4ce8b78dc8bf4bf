import type { Flow, Limits } from '../spec/index.ts';
import type { FlowReason } from './flow-check.ts';

/** Why a flow breaks a limit, and which limits say nothing about it. */
export function checkLimits(
  flow: Flow,
  limits: Limits,
): { reasons: FlowReason[]; unknown: string[] } {
  const reasons: FlowReason[] = [];
  const unknown: string[] = [];
  if (limits.commercialUse === true) {
    for (const model of flow.models.filter((one) => one.commercialUse !== true)) {
      const why =
        model.commercialUse === false
          ? `${model.licence ?? 'its licence'} does not allow it`
          : 'whether its licence allows it is not known';
      reasons.push({ code: 'licence', message: `${model.file} is not for commercial use: ${why}` });
    }
  }
  const { vramGb } = flow.cost;
  if (limits.maxVramGb !== undefined && vramGb === null) {
    unknown.push('the flow does not state how much graphics memory it needs');
  } else if (limits.maxVramGb !== undefined && vramGb !== null && vramGb > limits.maxVramGb) {
    reasons.push({
      code: 'vram',
      message: `needs ${vramGb} GiB of graphics memory; the limit is ${limits.maxVramGb}`,
    });
  }
  if (limits.maxCost !== undefined) unknown.push('the flow does not state what an image costs');
  if (limits.maxDurationMs !== undefined) unknown.push('the flow does not state how long it takes');
  return { reasons, unknown };
}
