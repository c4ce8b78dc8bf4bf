import { createCallContext, createRandom, type ModelRequirement } from 'comfygen/plugin';
import { createTestFlow } from 'comfygen/testing';
import { saying, testRequest } from '../../src/policies/__fixtures__/parts.ts';
import { budget } from '../../src/policies/budget.ts';

const TRIALS = 100_000;
const ctx = createCallContext();

/** Random flows, prices and limits, half of them unknown: how often a limit is broken. */
export async function* measureBudget(): AsyncGenerator<string> {
  const random = createRandom(1);
  const maybe = () => (random() < 0.5 ? random() : undefined);
  let violations = 0;
  let kept = 0;
  for (let trial = 0; trial < TRIALS; trial += 1) {
    const facts = Array.from({ length: 6 }, (_, n) => ({
      id: `f${n}`,
      cost: maybe(),
      duration: maybe(),
      vram: maybe(),
      commercialUse: [true, false, null][Math.floor(random() * 3)]!,
    }));
    const limits = { maxCost: maybe(), maxDurationMs: maybe(), maxVramGb: maybe() };
    const commercialUse = random() < 0.5;
    const table = (key: 'cost' | 'duration') =>
      Object.fromEntries(
        facts.flatMap((one) => (one[key] === undefined ? [] : [[one.id, one[key]] as const])),
      );
    const flows = facts.map(({ id, vram, commercialUse: use }) =>
      createTestFlow(id, {
        cost: { relative: null, vramGb: vram ?? null },
        models: [{ file: 'm', commercialUse: use } as ModelRequirement],
      }),
    );
    const prices = { costs: table('cost'), durationsMs: table('duration') };
    const said = Object.fromEntries(facts.map(({ id }) => [id, {}]));
    const selector = budget(saying(said), { ...limits, commercialUse, ...prices });
    const { ranked } = await selector.select({ ...testRequest([]), flows }, ctx);
    kept += ranked.length;
    const breaks = (value: number | undefined, limit: number | undefined) =>
      limit !== undefined && !(value !== undefined && value <= limit);
    for (const { flowId } of ranked) {
      const flow = facts.find(({ id }) => id === flowId)!;
      violations += Number(
        breaks(flow.cost, limits.maxCost) ||
          breaks(flow.duration, limits.maxDurationMs) ||
          breaks(flow.vram, limits.maxVramGb) ||
          (commercialUse && flow.commercialUse !== true),
      );
    }
  }
  yield `${TRIALS} trials of six flows: ${kept} flows ranked, ${violations} violations`;
}
