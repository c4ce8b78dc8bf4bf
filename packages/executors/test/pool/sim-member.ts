import {
  type Clock,
  ComfygenError,
  defineExecutor,
  type ExecutorV1,
  type JobEvent,
  type JobRef,
  type JobSnapshot,
  type Plan,
} from 'comfygen/plugin';
import { coreCatalogue } from 'comfygen/workflow/catalogue';

/** What goes wrong with one call. */
export type SimFault =
  | { error: ConstructorParameters<typeof ComfygenError>[0]; retryAfterMs?: number }
  | { after: 'accept' }
  | { silenceMs: number };

/** How a simulated server is. */
export interface SimOptions {
  clock: Clock;
  name?: string;
  /** Milliseconds that a job takes. */
  runMs?: number | ((plan: Plan) => number);
  /** Milliseconds that another checkpoint takes to load. */
  loadMs?: number;
  checkpoints?: string[];
  onSubmit?: () => SimFault | undefined;
  onInspect?: () => SimFault | undefined;
  /** Whether the job fails in the end. */
  fails?: (plan: Plan) => boolean;
  supports?: Partial<ExecutorV1['supports']>;
}

interface SimJob {
  plan: Plan;
  state: JobSnapshot['state'];
  failure?: JobSnapshot['failure'];
  tell: Set<() => void>;
}

const isOver = ({ state }: { state: string }) =>
  ['succeeded', 'failed', 'canceled'].includes(state);

/** A server with one worker, in memory, and its executor, which keeps the rules of the spec. */
export function createSimMember(options: SimOptions) {
  const { clock, name = 'sim', runMs = 1_000, loadMs = 0 } = options;
  const { checkpoints = ['model.safetensors'] } = options;
  const jobs = new Map<string, SimJob>();
  const queue: SimJob[] = [];
  const log = {
    submits: [] as Plan[],
    accepted: [] as Plan[],
    /** Run ids whose success was told, once for each job of theirs. */
    delivered: [] as string[],
    loads: [] as string[],
    inspects: 0,
    listening: 0,
  };
  const told = new Set<string>();
  let dead = false;
  let wedged = false;
  let loaded: string | undefined;
  let running = false;
  let era = new AbortController();
  let disposed = false;

  const change = (job: SimJob, state: SimJob['state']) => {
    if (isOver(job)) return;
    job.state = state;
    for (const tell of [...job.tell]) tell();
  };
  const work = async () => {
    if (running || dead) return;
    running = true;
    const { signal } = era;
    try {
      for (let job = queue.shift(); job; job = queue.shift()) {
        if (isOver(job)) continue;
        change(job, 'running');
        if (wedged) await clock.sleep(1e12, signal);
        const checkpoint = checkpointOf(job.plan);
        if (checkpoint !== loaded) {
          log.loads.push(checkpoint);
          loaded = checkpoint;
          if (loadMs > 0) await clock.sleep(loadMs, signal);
        }
        await clock.sleep(typeof runMs === 'number' ? runMs : runMs(job.plan), signal);
        if (options.fails?.(job.plan)) {
          job.failure = { code: 'EXECUTION_FAILED', message: 'node 5 failed', retryable: false };
          change(job, 'failed');
        } else change(job, 'succeeded');
      }
    } catch {
      // The server was killed.
    }
    if (!signal.aborted) running = false;
  };
  const kill = () => {
    dead = true;
    era.abort(new Error('killed'));
    era = new AbortController();
    for (const job of jobs.values()) for (const tell of [...job.tell]) tell();
    jobs.clear();
    queue.length = 0;
    running = false;
    wedged = false;
    loaded = undefined;
  };

  const call = async (signal: AbortSignal, fault: SimFault | undefined) => {
    signal.throwIfAborted();
    if (disposed) throw new ComfygenError('DISPOSED', `${name} was disposed of.`);
    await clock.sleep(2, signal);
    if (dead) throw new ComfygenError('UNAVAILABLE', `${name} refuses connections.`);
    if (fault && 'error' in fault)
      throw new ComfygenError(fault.error, `${name}: ${fault.error}`, {
        retryAfterMs: fault.retryAfterMs,
      });
    if (fault && 'silenceMs' in fault) await clock.sleep(fault.silenceMs, signal);
  };
  const find = (ref: JobRef): JobSnapshot => {
    const job = jobs.get(ref.id);
    if (!job) {
      const failure = {
        code: 'JOB_LOST',
        message: `${name} has no job ${ref.id}.`,
        retryable: true,
      };
      return { state: 'failed', rawState: 'lost', outputs: [], failure, warnings: [] };
    }
    const { state, plan, failure } = job;
    if (state === 'succeeded' && !told.has(ref.id)) {
      told.add(ref.id);
      log.delivered.push(plan.runId);
    }
    const nodeId = plan.outputNodes[0]!;
    const output = { nodeId, index: 0, kind: 'image', fileName: '0.png', mediaType: 'image/png' };
    const outputs =
      state === 'succeeded' ? [{ ...output, kind: 'image' as const, ref: { id: ref.id } }] : [];
    return { state, rawState: state, outputs, warnings: [], ...(failure && { failure }) };
  };

  const executor: ExecutorV1 = defineExecutor({
    name,
    supports: {
      progress: true,
      resume: true,
      ownId: true,
      seed: true,
      nodeOutputs: true,
      ...options.supports,
    },
    async inventory(ctx) {
      await call(ctx.signal, undefined);
      return { catalogue: coreCatalogue, models: { checkpoints }, source: name };
    },
    async submit(plan, ctx) {
      ctx.signal.throwIfAborted();
      log.submits.push(plan);
      const fault = options.onSubmit?.();
      const ref = { executor: name, id: plan.id, submittedAt: clock.now() };
      await ctx.onRef(ref);
      await call(ctx.signal, fault);
      if (fault && 'silenceMs' in fault)
        throw new ComfygenError('SUBMIT_UNKNOWN', `${name} did not answer.`);
      const job: SimJob = { plan: structuredClone(plan), state: 'queued', tell: new Set() };
      jobs.set(ref.id, job);
      queue.push(job);
      log.accepted.push(job.plan);
      void work();
      if (fault && 'after' in fault)
        throw new ComfygenError('SUBMIT_UNKNOWN', `${name} broke the connection.`);
      return ref;
    },
    async inspect(ref, ctx) {
      log.inspects += 1;
      await call(ctx.signal, options.onInspect?.());
      return find(ref);
    },
    async *watch(ref, ctx): AsyncGenerator<JobEvent> {
      ctx.signal.throwIfAborted();
      const job = jobs.get(ref.id);
      if (!job) return;
      let wake = () => {};
      const tell = () => wake();
      job.tell.add(tell);
      ctx.signal.addEventListener('abort', tell);
      log.listening += 1;
      try {
        for (let state = ''; jobs.get(ref.id) === job; ) {
          ctx.signal.throwIfAborted();
          if (job.state !== state) {
            state = job.state;
            if (state === 'running') yield { type: 'progress', progress: { fraction: 0.5 } };
            yield { type: 'state', state: job.state };
            if (isOver(job)) return;
            continue;
          }
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
        ctx.signal.throwIfAborted();
      } finally {
        job.tell.delete(tell);
        ctx.signal.removeEventListener('abort', tell);
        log.listening -= 1;
      }
    },
    async cancel(ref, ctx) {
      await call(ctx.signal, undefined);
      const job = jobs.get(ref.id);
      if (job) change(job, 'canceled');
      return find(ref);
    },
    async download(_output, ref, ctx) {
      await call(ctx.signal, undefined);
      if (find(ref).state !== 'succeeded')
        throw new ComfygenError('OUTPUT_MISSING', `${name} has no picture of ${ref.id}.`);
      return { bytes: new TextEncoder().encode(ref.id), mediaType: 'image/png' };
    },
    async dispose() {
      disposed = true;
      era.abort(new Error('disposed'));
    },
  });
  return {
    executor,
    log,
    kill,
    start() {
      dead = false;
    },
    restart() {
      kill();
      dead = false;
    },
    wedge() {
      wedged = true;
    },
    get disposed() {
      return disposed;
    },
  };
}

/** One of them. */
export type SimMember = ReturnType<typeof createSimMember>;

function checkpointOf({ workflow }: Plan): string {
  const loader = Object.values(workflow).find((node) => node.class_type.startsWith('Checkpoint'));
  return String(loader?.inputs['ckpt_name']);
}
