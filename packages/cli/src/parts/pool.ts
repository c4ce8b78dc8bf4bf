import type { Pool, PoolMember } from '@comfygen/executors/pool';
import { ComfygenError, type ExecutorV1, type Warning } from 'comfygen';
import { isObject, type PartRef, parseOptions } from 'comfygen/plugin';
import { z } from 'zod';

const PART: PartRef = { role: 'executor', name: 'pool' };
const HINT =
  "Name each server with --url ADDRESS, or list them in the config file: executor: 'pool', " +
  "executorOptions: { members: ['http://gpu-1:8188', { executor: 'runpod', options: { … } }] }";

/** Somebody sits before the terminal: that all members are down is said at once, and core tries again. */
const PATIENCE_MS = 0;

const memberSchema = z.strictObject({
  executor: z.union([z.string().min(1), z.custom<ExecutorV1>((value) => isObject(value))], {
    error: 'must be an executor’s name, or an executor object',
  }),
  /** For an executor that is given by its name. */
  options: z.record(z.string(), z.unknown()).default({}),
  name: z.string().optional(),
  parallel: z.number().optional(),
  concurrency: z.number().optional(),
});
const optionsSchema = z.looseObject({
  members: z.array(
    z.preprocess(
      (member) => (typeof member === 'string' ? toServer(member) : member),
      memberSchema,
    ),
    { error: 'must be a list of addresses and { executor, options } objects' },
  ),
});

/** What makes a member's executor of its name and options. */
type LoadExecutor = (given: {
  executor: string | ExecutorV1;
  executorOptions: Record<string, unknown>;
}) => Promise<ExecutorV1>;

/**
 * A pool of `members`: addresses of ComfyUI servers, and executors by name with their options; what is said besides
 * goes to the pool. A member with an address gets its host and port for a name, so that jobs are found whatever the
 * order.
 * Throws INVALID_OPTIONS, also where there is no member.
 */
export async function createPool(
  given: Record<string, unknown>,
  loadExecutor: LoadExecutor,
): Promise<Pool> {
  const { members: listed = [], executors, ...own } = given;
  if (executors !== undefined || (Array.isArray(listed) && listed.length === 0)) {
    const message =
      executors === undefined
        ? 'A pool needs members.'
        : 'A pool that is given by its name has members, not executors.';
    throw new ComfygenError('INVALID_OPTIONS', message, { part: PART, details: { hint: HINT } });
  }
  const { members } = parseOptions(PART, optionsSchema, { members: listed });
  const loaded = members.map(async ({ executor, options, name, ...rest }): Promise<PoolMember> => {
    const called = name ?? nameOfAddress(options['url']);
    const made = await loadExecutor({ executor, executorOptions: options });
    return { ...rest, executor: made, ...(called !== undefined && { name: called }) };
  });
  const { pool } = await import('@comfygen/executors/pool');
  return pool({ patienceMs: PATIENCE_MS, ...own, executors: await Promise.all(loaded) });
}

/** Whether an executor is a pool, which can tell of its members. */
export function isPool(executor: ExecutorV1): executor is Pool {
  return typeof (executor as Partial<Pool>).status === 'function';
}

/**
 * Names of the executors that receive a run's options: a pool's members, since a pool takes none itself; else the
 * executor.
 */
export function executorsIn(executor: ExecutorV1): string[] {
  return isPool(executor)
    ? executor.status().members.map((member) => member.executor)
    : [executor.name];
}

/** How many jobs an executor can hold at once: the sum over a pool's members, else one. */
export function jobsAtOnce(executor: ExecutorV1): number {
  if (!isPool(executor)) return 1;
  const places = executor.status().members.map(({ concurrency }) => concurrency);
  return Math.min(
    1_000,
    places.reduce((sum, count) => sum + count, 0),
  );
}

/** Warnings about members of a pool that did not answer when it was asked what it has. */
export function silentMembers(executor: ExecutorV1): Warning[] {
  // One that can't say what it has promises nothing for its members either.
  if (!isPool(executor) || !executor.inventory) return [];
  const silent = executor.status().members.filter(({ source }) => source === undefined);
  return silent.map(({ name, reason }) => ({
    code: 'member-silent',
    message: `${name} did not say what it has${reason ? `: ${reason.message}` : '.'}`,
    details: { member: name },
  }));
}

function toServer(url: string) {
  return { executor: 'comfyui', options: { url } };
}

/** `http://gpu-1.lan:8188/x` is gpu-1-lan-8188; a path may hold a key and stays out. */
function nameOfAddress(address: unknown): string | undefined {
  const url = typeof address === 'string' ? URL.parse(address) : null;
  const words = url?.host.toLowerCase().match(/[a-z0-9]+/g);
  return words?.join('-');
}
