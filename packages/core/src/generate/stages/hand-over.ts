import { ComfygenError } from '../../errors/comfygen-error.ts';
import type { Flow, Plan, Slots } from '../../spec/index.ts';
import { measurePicture } from '../../util/measure-picture.ts';
import { messageOf } from '../../util/message-of.ts';
import { numberAt } from '../../workflow/bind-numbers.ts';
import { describeFiles } from '../job/describe-files.ts';
import type { JobResult } from '../job/follow.ts';
import type { RunContext } from '../run-context.ts';
import { inTime } from '../time-limits.ts';
import type { GenerateOptions, ResultImage } from '../types.ts';

/** A finished picture, before anybody judged it. */
export type Unscored = Omit<ResultImage, 'score'>;

/**
 * Gives the caller each picture of a job before anything else happens to it: all of them, also where the run is stopped
 * meanwhile. What goes wrong there costs a warning. Rethrows an abort.
 */
export async function handOver(
  images: readonly Unscored[],
  onImage: GenerateOptions['onImage'],
  { call, timeouts, warn }: RunContext,
): Promise<void> {
  for (const image of onImage ? images : []) {
    const { bytes, output, ...facts } = image;
    const own = { ...facts, bytes: new Uint8Array(bytes), output: structuredClone(output) };
    const taken = (async () => onImage!(own))();
    try {
      await inTime(call, { limitMs: timeouts.imageMs }, () => taken);
    } catch (error) {
      // After an abort nobody waits for it.
      taken.catch(() => {});
      const message = `onImage failed for image ${image.index + 1}: ${messageOf(error)}`;
      if (!call.signal.aborted) warn({ code: 'image-not-taken', message });
    }
  }
  call.signal.throwIfAborted();
}

/** A job's files, of which the first has this index. @throws OUTPUT_MISSING for a place that its batch has not */
export function listImages(
  plan: Plan,
  result: JobResult,
  { flow, firstIndex, run }: { flow: Flow | undefined; firstIndex: number; run: RunContext },
): Unscored[] {
  const { seed, brief, workflow, flowId } = plan;
  const stated = statedMain(flow, plan, result, run);
  const picked = pickFiles(result, brief.index);
  return describeFiles(picked, workflow, stated).map((file, at) => ({
    ...file,
    ...sizeOf(file.bytes),
    seed,
    batchIndex: picked[at]!.batchIndex,
    flowId,
    index: firstIndex + at,
  }));
}

/** The main output that the flow states, where the graph that ran is its own; binding has put it first there. */
function statedMain(
  flow: Flow | undefined,
  { outputNodes }: Plan,
  { files }: JobResult,
  run: RunContext,
): string | undefined {
  const mainOutput = flow?.mainOutput;
  if (mainOutput === undefined || outputNodes[0] !== mainOutput) return undefined;
  if (!files.some(({ output }) => output.nodeId === mainOutput)) {
    const message = `The flow's main output, node ${mainOutput}, gave no file; another one stands for it.`;
    run.warn({ code: 'main-output-missing', message });
  }
  return mainOutput;
}

function sizeOf(bytes: Uint8Array): Pick<ResultImage, 'width' | 'height'> {
  const { width, height } = measurePicture(bytes) ?? {};
  return { width, height };
}

/** A job's files with their places in their node's batch; where one place is asked for, only those there. */
function pickFiles({ ref, files }: JobResult, index: number | undefined) {
  const placed = files.map((file, at) => {
    const before = files.slice(0, at).filter((one) => one.output.nodeId === file.output.nodeId);
    return { ...file, batchIndex: before.length };
  });
  const picked = placed.filter(({ batchIndex }) => index === undefined || batchIndex === index);
  if (picked.length > 0 || files.length === 0) return picked;
  const most = Math.max(...placed.map(({ batchIndex }) => batchIndex));
  throw new ComfygenError(
    'OUTPUT_MISSING',
    `Job ${ref.id} has no image ${index}: its batch ends with image ${most}.`,
    { retryable: false, jobFate: 'done', details: { index, images: most + 1 } },
  );
}

/** Says what a flow saves besides what it is for. */
export function tellOthers(images: readonly Unscored[], run: RunContext): void {
  const others = images.filter(({ role }) => role === 'other').map(({ output }) => output);
  if (others.length === 0) return;
  const main = images.find(({ role }) => role === 'main')?.output.nodeId;
  const nodes = [...new Set(others.map(({ nodeId }) => nodeId))].join(', ');
  run.warn({
    code: 'other-outputs',
    message: `The flow saves more than its main output (node ${main}): ${others.length} from node ${nodes}.`,
    details: { main: main ?? null, others: others.map(({ fileName }) => fileName) },
  });
}

/** Says which size came, where that is not the one that was asked for and binding has said nothing of it. */
export function tellSize(
  { brief, workflow, flowId }: Plan,
  slots: Slots,
  images: readonly Unscored[],
  run: RunContext,
): void {
  const picture = images.find(({ role, width }) => role === 'main' && width !== undefined);
  const differs = (['width', 'height'] as const).some((side) => {
    const [ref] = slots[side];
    const written = ref && numberAt({ workflow }, ref);
    const [asked, came] = [brief[side], picture?.[side]];
    return asked !== undefined && came !== undefined && came !== asked && came !== written;
  });
  if (!differs) return;
  const { width, height } = picture!;
  const asked = `${brief.width ?? 'any'} × ${brief.height ?? 'any'}`;
  const message = `${flowId} made ${width} × ${height} pixels; ${asked} was asked for.`;
  run.warn({ code: 'size-differs', message, details: { width, height } });
}
