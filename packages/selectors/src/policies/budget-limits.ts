import type { Flow, Limits } from 'comfygen/plugin';

/** The costs and run times of flows, by id. Of a flow that is left out, what it states itself counts. */
export interface FlowPrices {
  /** The cost of one image, in the unit of `maxCost`. */
  costs?: { [flowId: string]: number } | undefined;
  /** The run time of one job, in milliseconds. */
  durationsMs?: { [flowId: string]: number } | undefined;
}

/** The two sets of limits in one: of each limit the stricter. */
export function strictest(one: Limits, other: Limits): Limits {
  const least = (key: 'maxCost' | 'maxDurationMs' | 'maxVramGb') => {
    const given = [one[key], other[key]].filter((value) => value !== undefined);
    return given.length === 0 ? undefined : Math.min(...given);
  };
  return {
    maxCost: least('maxCost'),
    maxDurationMs: least('maxDurationMs'),
    maxVramGb: least('maxVramGb'),
    commercialUse: one.commercialUse || other.commercialUse,
  };
}

/** The limits that a flow breaks, and those that can't be checked, as clauses for a person. */
export function holdAgainst(
  flow: Flow,
  limits: Limits,
  { costs = {}, durationsMs = {} }: FlowPrices,
): { broken: string[]; unknown: string[] } {
  const broken: string[] = [];
  const unknown: string[] = [];
  const hold = (what: string, value: number | null | undefined, limit: number | undefined) => {
    if (limit === undefined) return;
    if (value === null || value === undefined) unknown.push(`its ${what} is not known`);
    else if (value > limit) broken.push(`its ${what} is ${value}, above ${limit}`);
  };
  hold('cost', own(costs, flow.id) ?? flow.cost.perImage, limits.maxCost);
  hold('duration in ms', own(durationsMs, flow.id) ?? flow.cost.durationMs, limits.maxDurationMs);
  hold('need of graphics memory in GiB', flow.cost.vramGb, limits.maxVramGb);
  if (limits.commercialUse) {
    const files = (allowed: boolean | null) =>
      flow.models.filter((model) => model.commercialUse === allowed).map(({ file }) => file);
    const forbidden = files(false);
    const unclear = files(null);
    if (forbidden.length > 0) broken.push(`${forbidden.join(', ')} may not be used commercially`);
    if (unclear.length > 0) unknown.push(`the licence of ${unclear.join(', ')} is not known`);
  }
  return { broken, unknown };
}

const own = (table: { [flowId: string]: number }, id: string) =>
  Object.hasOwn(table, id) ? table[id] : undefined;
