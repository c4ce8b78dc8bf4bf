import type { RankedFlow, Selection } from 'comfygen/plugin';

/** The ranking with this flow first and certain, in place of the one that led; it is added where it was not ranked. */
export function leadWith(
  ranked: readonly RankedFlow[],
  flowId: string,
  reason: string,
): RankedFlow[] {
  const known = ranked.find((one) => one.flowId === flowId);
  const first = known ?? { flowId, score: null, interval: null, probability: 1, reason };
  const rest = ranked.filter((one) => one.flowId !== flowId);
  return [{ ...first, probability: 1, reason }, ...rest.map((one) => ({ ...one, probability: 0 }))];
}

/** Whether the first of the ranking was drawn by chance. */
export function isDrawn({ ranked: [first] }: Selection): boolean {
  return first !== undefined && first.probability < 1 - 1e-9;
}
