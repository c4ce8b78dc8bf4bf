import type { Clock } from 'comfygen/plugin';
import type { NodeCatalogue, Workflow } from 'comfygen/workflow';
import { NodeFailure } from '../comfyui/graph-run.ts';
import { judgePrompt } from '../comfyui/judge-prompt.ts';
import type { FakeTimeline } from '../comfyui/paint-graph.ts';
import { paintJob } from '../paint-job.ts';

/** How a run goes: its pauses, failures and output. */
export interface FakeComfyicuTimeline extends FakeTimeline {
  /** Milliseconds in the queue. Default 0. */
  queueMs?: number | undefined;
  /** Milliseconds of the worker's start. Default 0. */
  startMs?: number | undefined;
  /** Milliseconds from the end until the files can be downloaded. Default 0. */
  filesMs?: number | undefined;
  /** The words for waiting, starting and working. Default: those of 2026, `INIT`, `STARTED`, `RUNNING`. */
  words?: readonly [string, string, string] | undefined;
  /** The final status word. Default: `COMPLETED` or `ERROR`. */
  end?: string | undefined;
  /** The run's `output` instead of the real one, or a function that makes it from the real one. */
  output?: unknown;
  /** The run's `visibility`. Default: `PUBLIC`, as on the free plan. */
  visibility?: string | undefined;
}

/** The JSON of a run as the API gives it. */
export interface FakeRun {
  [field: string]: unknown;
  id: string;
  status: string;
  output: unknown;
}

/** The body of `POST …/runs`. */
export interface RunBody {
  prompt: Workflow;
  workflow_id?: string;
  files?: Record<string, string>;
  accelerator?: string;
  webhook?: string;
}

/** What running needs. */
export interface TableOptions {
  clock: Clock;
  info: NodeCatalogue;
  models: { readonly [folder: string]: readonly string[] };
  timeline(body: RunBody): FakeComfyicuTimeline;
  /** Stores a file that can be downloaded from the time `from` on; gives its addresses. */
  deliver(path: string, bytes: Uint8Array, from: number): { url: string; thumbnail_url: string };
}

/** Runs by id, each on its way. */
export function createRunTable({ clock, info, models, timeline, deliver }: TableOptions) {
  const table = new Map<string, FakeRun>();
  const closed = new AbortController();
  const now = () => new Date(clock.now()).toISOString();

  async function work(run: FakeRun, body: RunBody, plan: FakeComfyicuTimeline): Promise<void> {
    const { words = ['INIT', 'STARTED', 'RUNNING'] } = plan;
    const { signal } = closed;
    const pause = async (ms = 0) => void (ms > 0 && (await clock.sleep(ms, signal)));
    const end = (status: string, output: unknown, unit: number) => {
      const ran = clock.now() - Date.parse(String(run['started_at']));
      const { output: put = output } = plan;
      const given = typeof put === 'function' ? put(output) : put;
      // Milliseconds where it went well, about seconds where it did not.
      Object.assign(run, { completed_at: now(), run_time: Math.ceil(ran / unit), output: given });
      run.status = plan.end ?? status;
    };
    await pause(plan.queueMs);
    Object.assign(run, { status: words[1], started_at: now() });
    await pause(plan.startMs);
    run.status = words[2];
    const refusal = judge(body);
    if (refusal) return end('ERROR', errorOutput(refusal), 1_000);
    let node = '';
    const start = (id: string) => {
      node = id;
    };
    try {
      const options = { clock, info, timeline: plan, signal, hooks: { start } };
      const files = (await paintJob(body.prompt, options)).filter(({ temp }) => !temp);
      const from = clock.now() + (plan.filesMs ?? 0);
      const output = files.map(({ name, bytes }) => {
        const filename = `/workflows/${run['workflow_id']}/output/${run.id}/${name}`;
        return { filename, ...deliver(filename, bytes, from) };
      });
      end('COMPLETED', output, 1);
    } catch (error) {
      if (!(error instanceof NodeFailure)) throw error;
      const failure = {
        exception_type: error.exceptionType,
        exception_message: error.message,
        prompt_id: crypto.randomUUID(),
        traceback: [],
        node_id: node,
        node_type: body.prompt[node]?.class_type,
      };
      end('ERROR', errorOutput(failure), 1_000);
    }
  }

  function judge({ prompt, files = {} }: RunBody): object | undefined {
    const paths = Object.keys(files);
    const own = Object.fromEntries(
      ['checkpoints', 'loras', 'vae', 'text_encoders', 'diffusion_models'].map((folder) => {
        const start = `/models/${folder}/`;
        const brought = paths.filter((path) => path.startsWith(start));
        const names = brought.map((path) => path.slice(start.length));
        return [folder, [...(models[folder] ?? []), ...names]];
      }),
    );
    const hasInput = (name: string) => paths.includes(`/input/${name}`);
    const verdict = judgePrompt(prompt, {
      ...{ info, models: own, hasInput, unknownClass: 'invalid_prompt' as const },
    });
    if (verdict !== undefined && !verdict.error) return undefined;
    const { error, node_errors } = verdict ?? { error: undefined, node_errors: {} };
    return {
      exception_type: error?.type ?? 'unknown',
      exception_message: error?.message ?? 'unknown',
      prompt_id: crypto.randomUUID(),
      traceback: [],
      details: { error, node_errors },
    };
  }

  return {
    table,
    create(workflowId: string, body: RunBody): FakeRun {
      const plan = timeline(body);
      const id = `run_${String(table.size).padStart(4, '0')}_${crypto.randomUUID().slice(0, 8)}`;
      const run: FakeRun = {
        id,
        ...{ created_at: now(), updated_at: now(), deleted_at: null, started_at: null },
        ...{ completed_at: null, run_time: null, status: plan.words?.[0] ?? 'INIT' },
        ...{ kind: 'comfyui', data: body, workflow: null, workflow_api: body.prompt },
        ...{ workflow_id: workflowId, output: null, error: null, files: body.files ?? {} },
        ...{ name: '', tags: [], view_count: 0, download_count: 0, is_nsfw: false },
        ...{ device: 'NVIDIA L4', accelerator: body.accelerator ?? 'L4' },
        ...{ visibility: plan.visibility ?? 'PUBLIC', webhook: body.webhook ?? null },
        ...{ parent_workflow_id: null, parent_run_id: null, api_key_id: 'key', client_agent: null },
        metadata: { extensions: [], nodes: [], checkpoints: [], notes: [], groups: [] },
        ...{
          retry_count: 0,
          project_id: 42,
          user_id: 'u',
          user: { id: 'u', name: 'u', image: '', plan: 'free' },
        },
      };
      table.set(id, run);
      work(run, body, plan).catch(() => {});
      return run;
    },
    close: () => closed.abort(),
  };
}

/** An error stands twice in the output. */
function errorOutput(error: object): object {
  return { error, output: { error } };
}
