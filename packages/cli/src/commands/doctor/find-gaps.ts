import type { ModelRequirement } from 'comfygen';

/** A thing that keeps flows from running: a model file, a node class, or a reason in words. */
export interface Gap {
  what: string;
  /** Where to get it; `null` where nobody knows. */
  where: string | null;
  flowIds: string[];
}

/** What is missing, each thing once, those first that most flows wait for. */
export function findGaps(
  flows: readonly {
    id: string;
    missing: { classes: string[]; models: ModelRequirement[] };
    reasons: string[];
  }[],
): Gap[] {
  const gaps = new Map<string, Gap>();
  const add = (id: string, what: string, where: string | null) => {
    const gap = gaps.get(what) ?? { what, where, flowIds: [] };
    gap.flowIds.push(id);
    gaps.set(what, gap);
  };
  for (const { id, missing, reasons } of flows) {
    for (const { folder, file, url } of missing.models) add(id, `${folder}/${file}`, url);
    for (const name of missing.classes) add(id, `node class ${name}`, null);
    if (missing.models.length + missing.classes.length > 0) continue;
    for (const reason of reasons) add(id, reason, null);
  }
  return [...gaps.values()].sort((a, b) => b.flowIds.length - a.flowIds.length);
}
