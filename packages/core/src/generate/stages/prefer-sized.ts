import { asksSize, whyNoSize } from '../../library/wanted-size.ts';
import type { RunContext } from '../run-context.ts';
import type { Offer } from './offer.ts';

/** A person reads no more. */
const MOST_SAID = 3;

/**
 * The offer without the flows that can't be given the size that is asked for, where others can. Where none can, all stay
 * and a warning says so. Done before the selector is asked, so that its probabilities are of what it could choose.
 */
export function preferSized(offer: Offer, run: RunContext): Offer {
  const { brief, flows, executors, skipped } = offer;
  if (!asksSize(brief)) return offer;
  const why = new Map(
    flows.map((flow) => {
      const runs = executors.find(({ flowIds }) => flowIds.has(flow.id));
      return [flow.id, whyNoSize(flow, brief, runs?.inventory?.catalogue ?? undefined)];
    }),
  );
  const unable = flows.filter(({ id }) => why.get(id) !== undefined);
  if (unable.length === 0) return offer;
  if (unable.length === flows.length) {
    const said = unable.map(({ id }) => `${id} ${why.get(id)}`);
    const message = `No flow that can run here takes the size that is asked for: ${said.slice(0, MOST_SAID).join('; ')}.`;
    run.warn({ code: 'size-not-taken', message, details: { flows: unable.map(({ id }) => id) } });
    return offer;
  }
  const left = new Set(unable.map(({ id }) => id));
  return {
    ...offer,
    flows: flows.filter(({ id }) => !left.has(id)),
    executors: executors.map((one) => ({
      ...one,
      flowIds: new Set([...one.flowIds].filter((id) => !left.has(id))),
    })),
    skipped: [
      ...skipped,
      ...unable.map(({ id }) => ({
        flowId: id,
        reasons: [{ code: 'size' as const, message: why.get(id)! }],
        missing: { classes: [], models: [] },
      })),
    ],
  };
}
