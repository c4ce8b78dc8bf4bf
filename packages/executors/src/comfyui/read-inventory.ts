import {
  type CallContext,
  ComfygenError,
  freezeDeep,
  type Inventory,
  monotonic,
} from 'comfygen/plugin';
import type { NodeCatalogue } from 'comfygen/workflow';
import type { Settings } from './options.ts';
import type { ServerApi } from './server-api.ts';
import { infoSchema, namesSchema, statsSchema } from './server-api.ts';

const READS_AT_ONCE = 4;
/** Folders that hold no models. */
const OTHERS = new Set(['custom_nodes', 'configs', 'datasets']);
/** A server with many node packs is slow to list them. */
const TIMEOUT_MS = 120_000;

/** Lists what the server can run; kept for a while, and asked for once by all who ask at the same time. */
export function createInventoryReader(
  api: ServerApi,
  { inventoryTtlMs: ttlMs, maxAnswerBytes }: Pick<Settings, 'inventoryTtlMs' | 'maxAnswerBytes'>,
) {
  let kept: { at: number; inventory: Promise<Inventory> } | undefined;
  return async (ctx: CallContext): Promise<Inventory> => {
    const now = monotonic(ctx.clock);
    if (kept && now - kept.at < ttlMs) return kept.inventory;
    const reading = { at: now, inventory: readInventory(api, ctx, 4 * maxAnswerBytes) };
    kept = reading;
    // A failure is not kept.
    reading.inventory.catch(() => {
      if (kept === reading) kept = undefined;
    });
    return reading.inventory;
  };
}

async function readInventory(
  api: ServerApi,
  ctx: CallContext,
  maxBytes: number,
): Promise<Inventory> {
  const request = { timeoutMs: TIMEOUT_MS, maxBytes };
  const [catalogue, models, source] = await Promise.all([
    api.read('api/object_info', infoSchema, ctx, request),
    readModels(api, ctx),
    readSource(api, ctx),
  ]);
  // Frozen, since it goes to every run as it is: a copy of some hundred classes costs more than the run.
  return freezeDeep({ catalogue: catalogue as NodeCatalogue, models, source }, ctx.signal);
}

async function readModels(api: ServerApi, ctx: CallContext): Promise<Inventory['models']> {
  const folders = await api.read('api/models', namesSchema, ctx).catch(unlessAbsent([]));
  const models: Inventory['models'] = {};
  const wanted = folders.filter((folder) => !OTHERS.has(folder));
  for (let at = 0; at < wanted.length; at += READS_AT_ONCE) {
    const some = wanted.slice(at, at + READS_AT_ONCE);
    const lists = await Promise.all(
      some.map((folder) =>
        api
          .read(`api/models/${encodeURIComponent(folder)}`, namesSchema, ctx)
          .catch(unlessAbsent(undefined)),
      ),
    );
    for (const [place, files] of lists.entries()) if (files) models[some[place]!] = files;
  }
  return models;
}

async function readSource(api: ServerApi, ctx: CallContext): Promise<string> {
  const stats = await api.read('api/system_stats', statsSchema, ctx).catch(unlessAbsent(undefined));
  const version = stats?.system.comfyui_version;
  return version ? `ComfyUI ${version}` : 'ComfyUI';
}

/** What is not there is unknown; what fails is an error. */
function unlessAbsent<T>(value: T) {
  return (error: unknown): T => {
    if (ComfygenError.is(error, 'NOT_FOUND')) return value;
    throw error;
  };
}
