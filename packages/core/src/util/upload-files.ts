import { ComfygenError } from '../errors/comfygen-error.ts';
import { createRecent, type Recent } from '../jobs/recent.ts';
import type { CallContext, ExecutorV1, Plan, PlanFile, Warning } from '../spec/index.ts';
import { monotonic } from './clock.ts';
import { untilAborted } from './settle.ts';

/** For how long a stored file is taken to be there: services delete them after hours. */
const KEPT_MS = 3_600_000;
/** How many files of one executor are remembered. */
const MOST_KEPT = 1_000;

type Stored = Awaited<ReturnType<NonNullable<ExecutorV1['upload']>>>;

interface Upload {
  stored: Promise<Stored>;
  since: number;
  /** How many runs wait for it: it stops with the last of them. */
  waiting: number;
  stop: AbortController;
}

/** Uploads by executor and by the hash of their bytes. */
const uploads = new WeakMap<ExecutorV1, Recent<Upload>>();

/**
 * A plan as it can be submitted: each of its files lies at the backend, and its name there is in the graph. The same
 * bytes are sent once to an executor, whichever runs need them; `uploadAgain` has them sent anew. Plans without files
 * stay as they are.
 *
 * @throws UNSUPPORTED where the executor stores no files, and what its upload threw.
 */
export async function uploadFiles(
  executor: ExecutorV1,
  plan: Plan,
  ctx: CallContext,
): Promise<{ plan: Plan; warnings: Warning[] }> {
  const { files, ...bare } = plan;
  if (!files?.length) return { plan, warnings: [] };
  const workflow = { ...plan.workflow };
  const warnings: Warning[] = [];
  for (const file of files) {
    const { name, warnings: own } = await storeOnce(executor, file, ctx);
    warnings.push(...own);
    const node = workflow[file.node]!;
    workflow[file.node] = { ...node, inputs: { ...node.inputs, [file.input]: name } };
  }
  return { plan: { ...bare, workflow }, warnings };
}

/** Forgets where a plan's files lie: the backend has lost them. Says whether there was anything to forget. */
export function uploadAgain(executor: ExecutorV1, { files = [] }: Pick<Plan, 'files'>): boolean {
  const known = uploads.get(executor);
  const kept = files.filter(({ hash }) => known?.get(hash) !== undefined);
  for (const { hash } of kept) known?.delete(hash);
  return kept.length > 0;
}

function storeOnce(executor: ExecutorV1, file: PlanFile, ctx: CallContext): Promise<Stored> {
  const part = { role: 'executor', name: executor.name } as const;
  if (!executor.upload) {
    const message = `${executor.name} has no upload, so no picture can be given to it.`;
    throw new ComfygenError('UNSUPPORTED', message, { part });
  }
  const known = uploads.get(executor) ?? createRecent<Upload>(MOST_KEPT);
  uploads.set(executor, known);
  const now = monotonic(ctx.clock);
  const last = known.get(file.hash);
  const upload = last && now - last.since < KEPT_MS ? last : start(executor, file, ctx);
  known.set(file.hash, upload);
  return wait(upload, ctx.signal, () => {
    if (known.get(file.hash) === upload) known.delete(file.hash);
  });
}

/** An upload that outlives the run that began it, as long as another waits for it. */
function start(executor: ExecutorV1, file: PlanFile, ctx: CallContext): Upload {
  const stop = new AbortController();
  const { name, bytes, mediaType } = file;
  const own = { ...ctx, signal: stop.signal, deadline: undefined };
  const stored = untilAborted(stop.signal, () => executor.upload!({ name, bytes, mediaType }, own));
  return { stored, since: monotonic(ctx.clock), waiting: 0, stop };
}

async function wait(upload: Upload, signal: AbortSignal, forget: () => void): Promise<Stored> {
  upload.waiting += 1;
  try {
    return await untilAborted(signal, () => upload.stored);
  } catch (error) {
    // The last one to leave ends it, and nobody may join it any more.
    if (!signal.aborted || upload.waiting === 1) forget();
    if (upload.waiting === 1) upload.stop.abort(error);
    throw error;
  } finally {
    upload.waiting -= 1;
  }
}
