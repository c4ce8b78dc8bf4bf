import { kindOfMediaType } from '../../http/file-type.ts';
import type { JobOutput, Workflow } from '../../spec/index.ts';
import { sha256Hex } from '../../util/sha256.ts';
import { mainOutputs } from '../../workflow/rank-outputs.ts';
import type { ResultImage } from '../types.ts';
import type { JobResult } from './follow.ts';

type JobFile = JobResult['files'][number];

/** What a job's files themselves tell of them. */
type FileFacts = Pick<ResultImage, 'bytes' | 'mediaType' | 'kind' | 'role' | 'hash' | 'output'>;

/** What a flow is for, before what it leaves on the way there; other files count where there is none of these. */
const KINDS: JobOutput['kind'][] = ['video', 'image', 'audio'];
const LAST = KINDS.length;

/** What a file is by its bytes, which know better than its name. */
const kindOf = ({ output, file }: JobFile) => kindOfMediaType(file.mediaType) ?? output.kind;

function rankOf(entry: JobFile): number {
  // A body is made from a picture.
  if (entry.file.mediaType.startsWith('model/')) return 0;
  const rank = KINDS.indexOf(kindOf(entry));
  return rank < 0 ? LAST : rank;
}

/**
 * A job's files with their roles: the main output is that of the node that is stated; else the one furthest behind in
 * the graph, and a film rather than a picture of it. Without the graph, as in another process, it is that of the first
 * output node.
 */
export function describeFiles(
  files: readonly JobFile[],
  workflow?: Workflow,
  stated?: string,
): FileFacts[] {
  const ofStated = files.filter(({ output }) => output.nodeId === stated);
  const ranked = (ofStated.length > 0 ? ofStated : files).toSorted((a, b) => rankOf(a) - rankOf(b));
  const media = ranked.filter((file) => rankOf(file) < LAST);
  const main = mainFiles(media.length > 0 ? media : ranked, files, workflow);
  return files.map((entry) => ({
    bytes: entry.file.bytes,
    mediaType: entry.file.mediaType,
    kind: kindOf(entry),
    role: main.includes(entry) ? 'main' : 'other',
    hash: hashBytes(entry.file.bytes),
    output: entry.output,
  }));
}

function mainFiles(
  ranked: readonly JobFile[],
  files: readonly JobFile[],
  workflow: Workflow | undefined,
): JobFile[] {
  const inOrder = files.filter((file) => ranked.includes(file)).map(({ output }) => output.nodeId);
  const nodes = [...new Set(inOrder)].filter((id) => id !== null);
  const rank = (id: string) => rankOf(ranked.find(({ output }) => output.nodeId === id)!);
  const last = workflow ? mainOutputs(workflow, nodes, rank) : nodes.slice(0, 1);
  const found = ranked.filter(({ output: { nodeId } }) => nodeId === null || last.includes(nodeId));
  // A node that the graph has not, as one that expands into others may name, is no worse than the rest.
  const candidates = found.length > 0 ? found : ranked;
  return candidates.filter((file) => rankOf(file) === rankOf(candidates[0]!));
}

/** `sha256:` of the bytes. */
export function hashBytes(bytes: Uint8Array): string {
  return `sha256:${sha256Hex(bytes)}`;
}
