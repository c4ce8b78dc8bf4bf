import { ComfygenError, type ExecutorV1, type PartRef, parseOptions } from 'comfygen/plugin';
import { z } from 'zod';

/** One executor of a pool, with its name and how many jobs it takes. */
export interface PoolMember {
  executor: ExecutorV1;
  /**
   * Its name in references and in `status()`: lower-kebab-case, one of a kind. Give one where references must outlive a
   * change of the list. Default: the executor's own; where several share it, `comfyui-1`, `comfyui-2` in their order.
   */
  name?: string | undefined;
  /** How many jobs it runs at the same time: 1 for a server with one GPU. Default 1. */
  parallel?: number | undefined;
  /**
   * How many of the pool's jobs it holds at once, waiting ones included. Default `parallel` + 1, so that the next job
   * is already there when one ends.
   */
  concurrency?: number | undefined;
}

/** Options of `pool`. */
export interface PoolOptions {
  /** The members, at least one. The pool owns them: its `dispose` disposes of them. */
  executors: readonly (ExecutorV1 | PoolMember)[];
  /** The pool's own name, also in references. Default `pool`. */
  name?: string | undefined;
  /** Jobs that may wait for a free member; further ones are refused with QUEUE_FULL. Default 1,000. */
  maxQueue?: number | undefined;
  /** How long a job waits while every member that could run it is down or resting, in milliseconds. Default 60,000. */
  patienceMs?: number | undefined;
  /**
   * How long a member must have refused connections before its jobs count as lost, in milliseconds. Default 10,000.
   */
  lostAfterMs?: number | undefined;
  /** How often one job is run again after it was lost. Default 2; 0 reports the loss at once. */
  maxReruns?: number | undefined;
  /**
   * Failures in a row after which a member gets no jobs; one refused connection or rejected key is enough. Default 3.
   */
  breakAfter?: number | undefined;
  /** How long it is then left alone before it is probed, in milliseconds; doubles each time. Default 5,000. */
  probeAfterMs?: number | undefined;
  /** The longest pause that `probeAfterMs` grows to, in milliseconds. Default 300,000. */
  maxProbeAfterMs?: number | undefined;
  /** How long a member's inventory is kept, in milliseconds. Default 60,000. */
  inventoryTtlMs?: number | undefined;
}

const NAME = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const isExecutor = (value: unknown): value is ExecutorV1 =>
  (value as Partial<ExecutorV1> | null)?.spec === 'v1' &&
  (value as Partial<ExecutorV1>).role === 'executor';

const name = z.string().regex(NAME, 'must be lower-kebab-case');
const executor = z.custom<ExecutorV1>(isExecutor, 'must be an executor');
const count = z.number().int().min(1);
const memberSchema = z.strictObject({
  executor,
  name: name.optional(),
  parallel: count.default(1),
  concurrency: count.optional(),
});
const anyMember = z
  .union([executor, z.record(z.string(), z.unknown())])
  .transform((given) => (isExecutor(given) ? { executor: given } : given))
  .pipe(memberSchema);

const schema = z.strictObject({
  executors: z.array(anyMember).min(1),
  name: name.default('pool'),
  maxQueue: z.number().int().min(0).default(1_000),
  patienceMs: z.number().min(0).default(60_000),
  lostAfterMs: z.number().min(0).default(10_000),
  maxReruns: z.number().int().min(0).default(2),
  breakAfter: count.default(3),
  probeAfterMs: z.number().positive().default(5_000),
  maxProbeAfterMs: z.number().positive().default(300_000),
  inventoryTtlMs: z.number().min(0).default(60_000),
});

/** One member's options with their defaults; `name` may still be undefined. */
export type MemberSettings = z.output<typeof memberSchema>;
/** The options with their defaults. */
export type Settings = z.output<typeof schema>;

/** The options with their defaults. Throws INVALID_OPTIONS. */
export function readOptions(options: PoolOptions): Settings {
  const part: PartRef = { role: 'executor', name: options.name ?? 'pool' };
  return parseOptions(part, schema, options);
}

/** One member's options with their defaults. Throws INVALID_OPTIONS. */
export function readMember(part: PartRef, member: ExecutorV1 | PoolMember): MemberSettings {
  return parseOptions(part, anyMember, member);
}

/**
 * The name of each member: its own, its executor's, or that with a number. Throws INVALID_OPTIONS for equal names.
 */
export function nameMembers(part: PartRef, members: readonly MemberSettings[]): string[] {
  const given = members.map((member) => member.name ?? member.executor.name);
  const isShared = (name: string) => given.filter((other) => other === name).length > 1;
  const seen = new Map<string, number>();
  const names = members.map((member, index) => {
    const base = given[index]!;
    if (member.name !== undefined || !isShared(base)) return base;
    seen.set(base, (seen.get(base) ?? 0) + 1);
    return `${base}-${seen.get(base)}`;
  });
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice === undefined) return names;
  throw new ComfygenError('INVALID_OPTIONS', `Two members of the pool are called ${twice}.`, {
    part,
  });
}
