import type { Clock } from 'comfygen/plugin';
import type { FakeTimeline } from '../comfyui/paint-graph.ts';
import { ModelError, type ModelRun, runModel } from './any-comfyui.ts';

/** How a prediction goes: its pauses, failures and output. */
export interface FakeReplicateTimeline extends FakeTimeline {
  /** Milliseconds in the queue. Default 0. */
  startMs?: number | undefined;
  /** Milliseconds from a cancel to the end of a prediction that runs. Default 0. */
  cancelMs?: number | undefined;
  /** Fails with this text, instead of running the graph; `logs` is then what it printed. */
  error?: string | undefined;
  logs?: string | undefined;
  /** The prediction's `output` instead of the files' URLs, or a function that makes it from them. */
  output?: unknown;
  /** Gives the word that the API shows for a status. Default: the status itself. */
  spell?: ((status: string) => string) | undefined;
}

/** The JSON of a prediction as the API gives it. */
export interface FakePrediction {
  id: string;
  model: string;
  version: string;
  input: { [name: string]: unknown };
  output: unknown;
  logs: string;
  error: string | null;
  status: string;
  created_at: string;
  started_at?: string;
  completed_at?: string;
  deadline?: string;
  data_removed: boolean;
  metrics: { predict_time?: number; total_time?: number };
  urls: { get: string; cancel: string; web: string };
}

/** What running predictions needs. */
export interface TableOptions extends Pick<ModelRun, 'info' | 'weights'> {
  clock: Clock;
  apiUrl(): string;
  /** Stores a file and gives its URL. */
  deliver(id: string, name: string, bytes: Uint8Array): string;
  timeline(input: FakePrediction['input'], id: string): FakeReplicateTimeline;
}

interface Entry {
  made: FakePrediction;
  stop: AbortController;
  cancelMs: number;
  spell(status: string): string;
}

const FINAL = ['succeeded', 'failed', 'canceled', 'aborted'];
const KEPT_MS = 3_600_000;

/** Predictions by id, each on its way. */
export function createPredictionTable(options: TableOptions) {
  const { clock } = options;
  const table = new Map<string, Entry>();
  const shown = ({ made, spell }: Entry): FakePrediction => ({
    ...made,
    status: spell(made.status),
  });
  const now = () => new Date(clock.now()).toISOString();

  async function run(id: string, cancelAfterMs: number | undefined): Promise<void> {
    const { made, stop } = table.get(id)!;
    const { signal } = stop;
    const over = new AbortController();
    const plan = options.timeline(made.input, id);
    if (cancelAfterMs !== undefined)
      clock.sleep(cancelAfterMs, over.signal).then(
        () => stop.abort(made.started_at ? 'canceled' : 'aborted'),
        () => {},
      );
    try {
      if (plan.startMs) await clock.sleep(plan.startMs, signal);
      made.status = 'processing';
      made.started_at = now();
      const print = (line: string) => {
        made.logs += `${line}\n`;
      };
      if (plan.logs) print(plan.logs);
      if (plan.error !== undefined) throw new ModelError(plan.error);
      const files = await runModel({
        ...options,
        input: made.input,
        timeline: plan,
        signal,
        print,
      });
      const urls = files.map(({ name, bytes }) => options.deliver(id, name, bytes));
      const { output = urls } = plan;
      made.output = typeof output === 'function' ? output(urls) : output;
      made.status = 'succeeded';
    } catch (error) {
      made.status = signal.aborted ? String(signal.reason) : 'failed';
      if (!signal.aborted) made.error = (error as Error).message;
    } finally {
      over.abort();
      made.completed_at = now();
      const ran = clock.now() - Date.parse(made.started_at ?? made.completed_at);
      made.metrics = made.started_at ? { predict_time: ran / 1_000 } : {};
    }
  }

  return {
    table,
    create(
      facts: Pick<FakePrediction, 'model' | 'version' | 'input'>,
      cancelAfterMs: number | undefined,
    ): FakePrediction {
      const id = Array.from({ length: 26 }, () => letter()).join('');
      const url = `${options.apiUrl()}/predictions/${id}`;
      const made: FakePrediction = {
        ...{ id, ...facts, output: null, logs: '', error: null, status: 'starting' },
        ...{ created_at: now(), data_removed: false, metrics: {} },
        urls: { get: url, cancel: `${url}/cancel`, web: `https://replicate.com/p/${id}` },
        ...(cancelAfterMs !== undefined && {
          deadline: new Date(clock.now() + cancelAfterMs).toISOString(),
        }),
      };
      const { cancelMs = 0, spell = (word: string) => word } = options.timeline(made.input, id);
      const entry = { made, stop: new AbortController(), cancelMs, spell };
      table.set(id, entry);
      void run(id, cancelAfterMs);
      return shown(entry);
    },
    /** The JSON of a prediction now: an hour after the end its data are removed. */
    show(id: string): FakePrediction | undefined {
      const entry = table.get(id);
      const made = entry?.made;
      const end = made?.completed_at && Date.parse(made.completed_at);
      if (made && end && clock.now() - end >= KEPT_MS)
        Object.assign(made, { data_removed: true, output: null, input: {}, logs: '', error: null });
      return entry && shown(entry);
    },
    async cancel(id: string): Promise<FakePrediction | undefined> {
      const entry = table.get(id);
      if (entry === undefined) return undefined;
      const { made, stop, cancelMs } = entry;
      if (!FINAL.includes(made.status)) {
        if (made.status === 'starting' || cancelMs === 0) stop.abort('canceled');
        else
          clock.sleep(cancelMs, stop.signal).then(
            () => stop.abort('canceled'),
            () => {},
          );
        // What the abort sets off is over in the same turn.
        await new Promise((resolve) => setImmediate(resolve));
      }
      return shown(entry);
    },
    close() {
      for (const { stop } of table.values()) stop.abort('canceled');
    },
  };
}

function letter(): string {
  return 'abcdefghijklmnopqrstuvwxyz0123456789'[Math.floor(Math.random() * 36)]!;
}
