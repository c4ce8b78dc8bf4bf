import type { CallContext, Inventory } from 'comfygen/plugin';
import type { NodeCatalogue } from 'comfygen/workflow';
import { z } from 'zod';
import type { HttpClient } from '../http/http-client.ts';
import { modelsInCatalogue } from '../jobs/models-in-catalogue.ts';
import { readAnswer } from '../jobs/read-answer.ts';
import { keyOf, PART, type Settings } from './options.ts';

const KEPT_MS = 10 * 60_000;
/** Every node of the service, in one answer. */
const LIMITS = { timeoutMs: 120_000, maxBytes: 256 * 1024 * 1024 };
const infoSchema = z.record(z.string(), z.looseObject({ input: z.unknown().optional() }));

/** Reads what Comfy Cloud can run from its older API, which version 2 has nothing in place of; kept for ten minutes. */
export function createInventoryReader(http: HttpClient, settings: Settings) {
  let kept: { at: number; inventory: Inventory } | undefined;
  return async (ctx: CallContext): Promise<Inventory> => {
    ctx.signal.throwIfAborted();
    if (kept === undefined || ctx.clock.now() - kept.at >= KEPT_MS) {
      const key = keyOf(settings);
      const headers = key === undefined ? {} : { 'x-api-key': key };
      const answer = await http.send('api/object_info', ctx, { ...LIMITS, headers });
      const catalogue = readAnswer(answer, infoSchema, PART) as NodeCatalogue;
      const inventory = { catalogue, models: modelsInCatalogue(catalogue), source: 'Comfy Cloud' };
      kept = { at: ctx.clock.now(), inventory };
    }
    return structuredClone(kept.inventory);
  };
}
