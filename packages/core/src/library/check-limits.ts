import { z } from 'zod';
import type { Flow, Limits } from '../spec/index.ts';
import type { FlowReason } from './flow-reason.ts';

const amount = z.number().min(0).optional();

/** The limits, each of them optional; anything else is refused. */
export const limitFields = z.strictObject({
  maxCost: amount,
  maxDurationMs: amount,
  maxVramGb: amount,
  commercialUse: z.boolean().optional(),
} satisfies Record<keyof Limits, z.ZodType>);

/** What is known of a flow from its runs on one backend. */
export interface MeasuredCost {
  /** For one picture, in milliseconds. */
  durationMs?: number | undefined;
}

/** What a flow is held against. */
export interface LimitSettings {
  limits: Limits;
  measured?: MeasuredCost | undefined;
  /** Whether what is not known leaves a flow out. */
  strict?: boolean | undefined;
}

/** Why a flow breaks a limit, and which limits say nothing about it. */
export interface LimitCheck {
  reasons: FlowReason[];
  unjudged: (keyof Limits)[];
}

/** A flow against the limits: what is known to break one is a reason, and so is the unknown where `strict` is set. */
export function checkLimits(
  { models, cost }: Flow,
  { limits, measured, strict = false }: LimitSettings,
): LimitCheck {
  const reasons: FlowReason[] = [];
  const unjudged: (keyof Limits)[] = [];
  if (limits.commercialUse === true) {
    for (const { file, licence } of models.filter((one) => one.commercialUse === false))
      reasons.push(notCommercial(file, `${licence ?? 'its licence'} does not allow it`));
    for (const { file } of models.filter((one) => one.commercialUse === null))
      reasons.push(notCommercial(file, 'whether its licence allows it is not known'));
  }
  const judge = (
    limit: 'maxCost' | 'maxDurationMs' | 'maxVramGb',
    code: FlowReason['code'],
    { is, says, what }: { is: number | undefined; says(is: number): string; what: string },
  ) => {
    const most = limits[limit];
    if (most === undefined) return;
    if (is !== undefined) {
      if (is > most) reasons.push({ code, message: `${says(is)}; the limit is ${most}` });
    } else if (strict) reasons.push({ code, message: `${what} is not known; strictLimits is set` });
    else unjudged.push(limit);
  };
  judge('maxCost', 'cost', {
    is: cost.perImage ?? undefined,
    says: (is) => `costs ${is} an image`,
    what: 'what an image costs',
  });
  const stated = cost.durationMs ?? undefined;
  judge('maxDurationMs', 'duration', {
    is: stated ?? measured?.durationMs,
    says: (is) => `takes ${is} ms an image${stated === undefined ? ', as measured here' : ''}`,
    what: 'how long an image takes',
  });
  judge('maxVramGb', 'vram', {
    is: cost.vramGb ?? undefined,
    says: (is) => `needs ${is} GiB of graphics memory`,
    what: 'how much graphics memory it needs',
  });
  return { reasons, unjudged };
}

const notCommercial = (file: string, why: string): FlowReason => ({
  code: 'licence',
  message: `${file} is not for commercial use: ${why}`,
});

/** A limit that says nothing about a flow, in words. */
export const UNJUDGED: Record<keyof Limits, string> = {
  maxCost: 'the flow does not state what an image costs',
  maxDurationMs: 'the flow does not state how long it takes',
  maxVramGb: 'the flow does not state how much graphics memory it needs',
  commercialUse: '',
};
