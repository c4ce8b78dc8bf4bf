import type { Outputs } from './types.ts';

/** What a node shows. */
export interface NodeFiles {
  images?: { filename: string }[];
}

/** The part of `/history` that clients without types of their own read. */
export type History = Record<
  string,
  { outputs: Record<string, NodeFiles>; status: { status_str: string; messages: unknown[] } }
>;

/** File names by node of an entry; throws where the job failed. */
export function filesByNode(entry: History[string] | undefined): Outputs {
  if (!entry) throw new Error('not in the history');
  if (entry.status.status_str !== 'success') throw new Error(JSON.stringify(entry.status.messages));
  return namesOf(entry.outputs);
}

/** File names by node. */
export function namesOf(outputs: Record<string, NodeFiles | undefined>): Outputs {
  const entries = Object.entries(outputs).map(([id, shown]) => [
    id,
    (shown?.images ?? []).map(({ filename }) => filename),
  ]);
  return Object.fromEntries(entries);
}
