import {
  type CallContext,
  ComfygenError,
  type ErrorCode,
  type Inventory,
  monotonic,
} from 'comfygen/plugin';
import type { NodeCatalogue, NodeInfo } from 'comfygen/workflow';
import { noteUnreadInventory } from './maintain-members.ts';
import { listOf } from './requirements.ts';
import type { Member } from './types.ts';

/**
 * What the members can run, taken together; a graph that needs things of two members runs on neither. Members that are
 * down are left out, and named in `source`. Rejects where none could be read.
 */
export async function readUnion(
  members: readonly Member[],
  poolCtx: CallContext,
): Promise<Inventory> {
  const present = members.filter(({ removed }) => !removed);
  const answers = await Promise.allSettled(present.map((member) => readCached(member, poolCtx)));
  const read: Inventory[] = [];
  const silent: string[] = [];
  for (const [index, answer] of answers.entries())
    if (answer.status === 'fulfilled') read.push(answer.value);
    else silent.push(present[index]!.name);
  const [failure] = answers.filter((answer) => answer.status === 'rejected');
  if (read.length === 0 && failure) throw unreadable(present, answers, failure.reason);
  const sources = [...new Set(read.map(({ source }) => source))].join(', ');
  const missing = silent.length > 0 ? `; no answer from ${silent.join(', ')}` : '';
  return {
    catalogue: uniteCatalogues(read),
    models: uniteModels(read),
    source: `a pool of ${sources}${missing}`,
  };
}

/** Why none of several members told anything; of one alone what it said itself. */
function unreadable(
  members: readonly Member[],
  answers: readonly PromiseSettledResult<unknown>[],
  first: unknown,
): unknown {
  const reasons = answers.map((answer) => (answer as PromiseRejectedResult).reason as unknown);
  if (members.length === 1) return first;
  const told = reasons.map((reason, at) => {
    const why = reason instanceof Error ? reason.message : String(reason);
    return `${members[at]!.name}: ${why.replace(/\.$/, '')}`;
  });
  const isDown = (reason: unknown) => ComfygenError.is(reason, 'UNAVAILABLE');
  const code = reasons.every(isDown)
    ? 'UNAVAILABLE'
    : ComfygenError.is(first)
      ? first.code
      : 'PART_FAILED';
  const details = ComfygenError.is(first) ? { hint: first.details['hint'] } : {};
  return new ComfygenError(code, `No member of the pool answers: ${told.join('; ')}.`, {
    details,
    cause: first,
  });
}

/** A member's inventory; one read of it serves all who ask, so it ends with the pool, not with its caller. */
async function readCached(member: Member, poolCtx: CallContext): Promise<Inventory> {
  const { inventory, breaker } = member;
  if (breaker.state === 'open') {
    const { code = 'PART_FAILED', message = '' } = breaker.reason ?? {};
    throw new ComfygenError(code as ErrorCode, message);
  }
  if (inventory.isStale(monotonic(poolCtx.clock)) || !inventory.known) {
    try {
      await inventory.read(poolCtx);
    } catch (error) {
      if (!poolCtx.signal.aborted) noteUnreadInventory(member, error, monotonic(poolCtx.clock));
      throw error;
    }
  }
  return inventory.value!;
}

/** `null`, not known, where one member keeps its classes to itself. */
function uniteCatalogues(read: readonly Inventory[]): NodeCatalogue | null {
  const united: NodeCatalogue = {};
  for (const { catalogue } of read) {
    if (catalogue === null) return null;
    for (const [name, info] of Object.entries(catalogue))
      united[name] = Object.hasOwn(united, name) ? uniteLists(united[name]!, info) : info;
  }
  return structuredClone(united);
}

/** The first one's node, with the choices of both. */
function uniteLists(one: NodeInfo, other: NodeInfo): NodeInfo {
  let united = one;
  for (const section of ['required', 'optional'] as const)
    for (const [name, spec] of Object.entries(one.input?.[section] ?? {})) {
      const [mine, theirs] = [listOf(spec), listOf(other.input?.[section]?.[name])];
      const more = mine && theirs?.filter((choice) => !mine.includes(choice));
      if (!mine || !more || more.length === 0) continue;
      const inputs = { ...united.input?.[section], [name]: withList(spec, [...mine, ...more]) };
      united = { ...united, input: { ...united.input, [section]: inputs } };
    }
  return united;
}

function withList(spec: unknown, options: string[]): unknown {
  const [type, settings, ...rest] = spec as unknown[];
  if (!Array.isArray(type)) return [type, { ...(settings as object), options }, ...rest];
  return settings === undefined ? [options] : [options, settings, ...rest];
}

/** A folder is known where each member lists it, or says by its node classes what it can load. */
function uniteModels(read: readonly Inventory[]): Inventory['models'] {
  const united: Inventory['models'] = {};
  for (const folder of new Set(read.flatMap(({ models }) => Object.keys(models)))) {
    const known = read.every(
      ({ catalogue, models }) => catalogue !== null || Object.hasOwn(models, folder),
    );
    if (known) united[folder] = [...new Set(read.flatMap(({ models }) => models[folder] ?? []))];
  }
  return united;
}
