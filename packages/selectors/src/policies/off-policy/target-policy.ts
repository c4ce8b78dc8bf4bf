import {
  type Brief,
  type CallContext,
  createCallContext,
  type Flow,
  type RunRecord,
  type SelectorV1,
} from 'comfygen/plugin';

/** Gives, for a logged run, each flow's chance of being chosen by the policy. The chances sum to 1. */
export type TargetPolicy = (
  record: RunRecord,
) => { [flowId: string]: number } | Promise<{ [flowId: string]: number }>;

/** Makes the policy of a selector: for each logged run it is asked again, with the flows that were ranked then. */
export function policyOf(
  selector: SelectorV1,
  flows: readonly Flow[],
  signal: AbortSignal | undefined,
): TargetPolicy {
  const ctx: CallContext = createCallContext({ ...(signal && { signal }) });
  return async (record) => {
    const offered = flows.filter(({ id }) => Object.hasOwn(record.probabilities, id));
    const { choiceSeed } = record;
    const request = { brief: briefOf(record), flows: offered, inventory: null, choiceSeed };
    const { ranked } = await selector.select(request, ctx);
    return Object.fromEntries(ranked.map(({ flowId, probability }) => [flowId, probability]));
  };
}

/** The brief as core made it, but for the options of parts, which records don't keep. */
function briefOf({ brief, prompt }: RunRecord): Brief {
  const kept = brief as unknown as Omit<Brief, 'seed' | 'options'> & { seed: string };
  const seed = BigInt(kept.seed);
  return {
    ...kept,
    prompt,
    negative: kept.negative,
    width: kept.width,
    height: kept.height,
    seed: seed <= Number.MAX_SAFE_INTEGER ? Number(seed) : seed,
    options: {},
  };
}
