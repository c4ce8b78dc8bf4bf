import { ComfygenError } from '../../errors/comfygen-error.ts';
import type {
  Downloaded,
  ExecutorV1,
  JobEvent,
  JobRef,
  JobSnapshot,
  JobState,
  Plan,
} from '../../spec/index.ts';
import { defineExecutor } from '../../util/define.ts';
import { coreCatalogue } from '../../workflow/catalogue.ts';
import { encodePng } from '../picture.ts';

/** What a scripted job does. */
export type Script =
  | 'succeed'
  | 'hang'
  | { fail: ConstructorParameters<typeof ComfygenError>[0]; retryable?: boolean }
  | { refuse: unknown };

interface Job {
  plan: Plan;
  script: Script;
  state: JobState;
  fraction: number;
  tell: Set<() => void>;
}

const FIRST_WIDTH = 8;
const isOver = ({ state }: Job) => state !== 'queued' && state !== 'running';
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/**
 * A backend in memory and its executors, written from the spec alone: each submit takes the next script, the
 * last one repeats. A job takes a few turns of the event loop.
 */
export function scriptedBackend(scripts: readonly Script[], name = 'scripted') {
  const submitted: Plan[] = [];
  const canceled: string[] = [];
  const jobs = new Map<string, Job>();

  function change(job: Job, state: JobState, fraction: number): void {
    if (isOver(job)) return;
    Object.assign(job, { state, fraction });
    for (const tell of [...job.tell]) tell();
  }

  async function play(job: Job): Promise<void> {
    await turn();
    for (const fraction of [0.2, 0.6]) {
      change(job, 'running', fraction);
      await turn();
    }
    if (job.script === 'succeed') change(job, 'succeeded', 1);
    else if (job.script !== 'hang') change(job, 'failed', 0.6);
  }

  function find(ref: JobRef): Job {
    const job = jobs.get(ref.id);
    if (job) return job;
    throw new ComfygenError('JOB_LOST', `${name} knows no job ${ref.id}.`);
  }

  async function* watch(job: Job, signal: AbortSignal): AsyncGenerator<JobEvent> {
    let wake = () => {};
    const tell = () => wake();
    job.tell.add(tell);
    signal.addEventListener('abort', tell);
    try {
      for (let told = 0; ; ) {
        signal.throwIfAborted();
        const changed = new Promise<void>((resolve) => {
          wake = resolve;
        });
        if (job.fraction > told) {
          told = job.fraction;
          yield { type: 'progress', progress: { fraction: told } };
        }
        if (isOver(job)) return yield { type: 'state', state: job.state };
        if (job.fraction === told) await changed;
      }
    } finally {
      job.tell.delete(tell);
      signal.removeEventListener('abort', tell);
    }
  }

  function create(): ExecutorV1 {
    let disposed = false;
    const enter = (signal: AbortSignal) => {
      signal.throwIfAborted();
      if (disposed) throw new ComfygenError('DISPOSED', `${name} was disposed of.`);
    };
    return defineExecutor({
      name,
      supports: {
        progress: true,
        resume: true,
        ownId: true,
        seed: true,
        nodeOutputs: true,
      },
      async inventory(ctx) {
        enter(ctx.signal);
        const models = { checkpoints: ['model.safetensors'] };
        return { catalogue: coreCatalogue, models, source: name };
      },
      async submit(plan, ctx) {
        enter(ctx.signal);
        refuseUnknown(plan);
        const script = scripts[Math.min(submitted.length, scripts.length - 1)]!;
        submitted.push(plan);
        if (typeof script === 'object' && 'refuse' in script) throw script.refuse;
        const ref = { executor: name, id: plan.id, submittedAt: ctx.clock.now() };
        await ctx.onRef(ref);
        enter(ctx.signal);
        const own = structuredClone(plan);
        const job: Job = { plan: own, script, state: 'queued', fraction: 0, tell: new Set() };
        jobs.set(ref.id, job);
        void play(job);
        return ref;
      },
      async inspect(ref, ctx) {
        enter(ctx.signal);
        return snapshotOf(find(ref));
      },
      watch(ref, ctx) {
        enter(ctx.signal);
        return watch(find(ref), ctx.signal);
      },
      async cancel(ref, ctx) {
        enter(ctx.signal);
        canceled.push(ref.id);
        const job = find(ref);
        change(job, 'canceled', job.fraction);
        return snapshotOf(job);
      },
      async download(output, ref, ctx) {
        enter(ctx.signal);
        return pictureOf(find(ref), output.index);
      },
      async dispose() {
        disposed = true;
      },
    });
  }
  return { create, submitted, canceled };
}

function refuseUnknown({ workflow }: Plan): void {
  const unknown = Object.values(workflow).find(({ class_type: c }) => !(c in coreCatalogue));
  if (!unknown) return;
  const { class_type: classType } = unknown;
  throw new ComfygenError('MISSING_NODE', `There is no node class ${classType}.`, {
    details: { classType },
  });
}

function snapshotOf({ plan, script, state, fraction }: Job): JobSnapshot {
  const failed = state === 'failed' && typeof script === 'object' && 'fail' in script;
  const outputs = Array.from({ length: countOf(plan) }, (_, index) => ({
    nodeId: plan.outputNodes[0]!,
    index,
    kind: 'image' as const,
    fileName: `${index}.png`,
    mediaType: 'image/png',
    ref: {},
  }));
  return {
    state,
    rawState: state,
    progress: { fraction },
    outputs: state === 'succeeded' ? outputs : [],
    warnings: [],
    ...(failed && {
      failure: {
        code: script.fail,
        message: `scripted ${script.fail}`,
        retryable: script.retryable ?? false,
      },
    }),
  };
}

/** One colour, which the plan decides; the n-th image of a batch is n pixels wider. */
function pictureOf({ plan }: Job, index: number): Downloaded {
  if (!(index < countOf(plan)))
    throw new ComfygenError('OUTPUT_MISSING', `The job has no output ${index}.`);
  const colour = [7, 9, 11].map((at) => Number.parseInt(plan.hash.slice(at, at + 2), 16));
  const bytes = encodePng(FIRST_WIDTH + index, 8, () => colour as [number, number, number]);
  return { bytes, mediaType: 'image/png' };
}

/** Which image of its batch a scripted picture is, from 0. */
export function indexOfPicture(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(16) - FIRST_WIDTH;
}

function countOf({ workflow }: Plan): number {
  const sized = Object.values(workflow).find(({ class_type: c }) => c === 'EmptyLatentImage');
  return Number(sized?.inputs['batch_size'] ?? 1);
}
