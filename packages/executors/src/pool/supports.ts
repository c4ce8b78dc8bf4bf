import type { ExecutorSupports } from 'comfygen/plugin';

/**
 * What a pool promises: what each of its members can do, since a job may go to any. Webhooks are the exception: those of
 * members that have them are read.
 */
export function commonSupports(members: readonly ExecutorSupports[]): ExecutorSupports {
  const each = (key: keyof ExecutorSupports) => members.every((supports) => supports[key] === true);
  return {
    progress: each('progress'),
    watchPolls: each('watchPolls'),
    previews: each('previews'),
    cancel: each('cancel'),
    upload: each('upload'),
    inventory: each('inventory'),
    webhooks: members.some(({ webhooks }) => webhooks),
    resume: each('resume'),
    ownId: each('ownId'),
    seed: each('seed'),
    nodeOutputs: each('nodeOutputs'),
    http: each('http'),
  };
}

/** What a new member would have to support besides, for the pool to keep its word. */
export function broken(pool: ExecutorSupports, member: ExecutorSupports): string[] {
  const keys = Object.keys(pool) as (keyof ExecutorSupports)[];
  const free: (keyof ExecutorSupports)[] = ['webhooks', 'watchPolls'];
  return keys.filter((key) => !free.includes(key) && pool[key] && !member[key]);
}
