import type { ExecutorSupports, ExecutorV1 } from 'comfygen/plugin';

/** Methods that a pool has where all of its members have them. */
type Shared = 'cancel' | 'upload' | 'inventory';

const SHARED: readonly Shared[] = ['cancel', 'upload', 'inventory'];
const FLAGS: readonly (keyof ExecutorSupports)[] = [
  ...(['progress', 'watchPolls', 'previews', 'resume'] as const),
  ...(['ownId', 'seed', 'nodeOutputs', 'http'] as const),
];

/**
 * What a pool supports: what every member does, since a job may go to any of them. One with pictures goes to those that
 * take some.
 */
export function commonSupports(members: readonly ExecutorV1[]): ExecutorSupports {
  const each = FLAGS.map((flag) => [
    flag,
    members.every(({ supports }) => supports[flag] === true),
  ]);
  return { ...Object.fromEntries(each), files: members.some(takesFiles) };
}

/** Whether a member can be given pictures: by itself, or by its upload. */
export const takesFiles = ({ supports, upload }: ExecutorV1): boolean =>
  supports.files === true || upload !== undefined;

/** Whether every member has the method. */
export function allHave(members: readonly ExecutorV1[], method: Shared): boolean {
  return members.every((member) => member[method] !== undefined);
}

/** What the pool supports and a new member lacks; empty where the member can be added. */
export function missingSupports(pool: ExecutorV1, member: ExecutorV1): string[] {
  return [
    ...SHARED.filter((method) => pool[method] && !member[method]),
    ...FLAGS.filter(
      (flag) => flag !== 'watchPolls' && pool.supports[flag] && !member.supports[flag],
    ),
  ];
}
