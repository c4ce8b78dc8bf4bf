import { createHash } from 'node:crypto';
import type { Clock } from 'comfygen/plugin';
import { encodePng } from 'comfygen/testing';
import type { Workflow } from 'comfygen/workflow';
import { type GraphRun, NodeFailure, type RunGraph } from './graph-run.ts';
import { linkedIds, orderNodes } from './run-order.ts';
import { type NodeOutput, resultKey } from './server-state.ts';

/** How a job of a fake goes: its pauses, previews and failures. */
export interface FakeTimeline {
  /** Milliseconds that each step of a sampler takes. Default 0. */
  stepMs?: number | undefined;
  /** Milliseconds that every other node takes. Default 0. */
  nodeMs?: number | undefined;
  /** Whether samplers send previews. Default false; a prompt that asks for previews gets them all the same. */
  previews?: boolean | undefined;
  /** The least size of a preview, in bytes. Default: that of a small PNG. */
  previewBytes?: number | undefined;
  /** The node that fails, by id or class, with the exception's type and message. Default: none. */
  fails?: { node: string; type?: string; message?: string } | undefined;
  /** The node, by id or class, that never ends until the job is interrupted. Default: none. */
  holds?: string | undefined;
  /** Milliseconds from an interrupt until that node stops. Default 0. */
  interruptMs?: number | undefined;
  /** Changes what an output node shows. */
  shows?: ((made: NodeOutput) => NodeOutput) | undefined;
  /** The order in which the nodes run, as ids. Default: the order that their links give. */
  order?: readonly string[] | undefined;
}

/** What the painter needs of its server. */
export interface PainterOptions {
  clock: Clock;
  /** The server's cached results, by a key of all that a node's result depends on. */
  cache(): Map<string, NodeOutput | null>;
  timeline(workflow: Workflow, promptId: string): FakeTimeline;
  isOutput(classType: string): boolean;
}

const NO_UI: ReadonlySet<string> = new Set(['SaveImageWebsocket']);

/** Makes a `RunGraph` that needs no model: each output node gives small pictures that depend on all its inputs. */
export function createPainter({ clock, cache, timeline, isOutput }: PainterOptions): RunGraph {
  return async (run) => {
    const { workflow, promptId, outputs, signal } = run;
    const plan = timeline(workflow, promptId);
    const results = cache();
    const is = (id: string, name: string | undefined) =>
      name !== undefined && (name === id || name === workflow[id]?.class_type);
    const pause = async (ms: number | undefined) => {
      if (ms) await clock.sleep(ms, signal);
      signal.throwIfAborted();
    };

    const order = plan.order ?? orderNodes(workflow, outputs);
    const known = order.filter((id) => results.has(resultKey(workflow, id)));
    run.cached(known.toSorted());
    for (const id of order) {
      const shown = results.get(resultKey(workflow, id));
      if (known.includes(id)) {
        if (shown) run.replay(id, shown);
        continue;
      }
      signal.throwIfAborted();
      run.start(id);
      if (is(id, plan.fails?.node)) {
        const { type = 'RuntimeError', message = 'out of paint' } = plan.fails ?? {};
        throw new NodeFailure(type, message);
      }
      if (is(id, plan.holds)) await untilAborted(signal, clock, plan.interruptMs);
      await work(run, id, plan, pause);
      const { class_type = '' } = workflow[id] ?? {};
      const made = isOutput(class_type) && !NO_UI.has(class_type) ? paint(run, id) : undefined;
      const output = made && plan.shows ? plan.shows(made) : made;
      run.finish(id, output);
      results.set(resultKey(workflow, id), output ?? null);
    }
  };
}

async function work(
  run: GraphRun,
  id: string,
  { stepMs, nodeMs, previews = false, previewBytes = 0 }: FakeTimeline,
  pause: (ms: number | undefined) => Promise<void>,
): Promise<void> {
  const { class_type = '', inputs = {} } = run.workflow[id] ?? {};
  const steps = /Sampler/.test(class_type) ? Number(inputs['steps'] ?? 0) : 0;
  if (!(steps > 0)) return pause(nodeMs);
  for (let step = 1; step <= steps; step += 1) {
    await pause(stepMs);
    const bytes = previews ? pad(picture(resultKey(run.workflow, id), 8), previewBytes) : undefined;
    run.step(id, step, steps, bytes && { mediaType: 'image/png', bytes });
  }
}

/** What an output node shows: as many pictures as the batch has. */
function paint(run: GraphRun, id: string): NodeOutput {
  const { workflow, save } = run;
  const { class_type = '', inputs = {} } = workflow[id] ?? {};
  const temp = class_type === 'PreviewImage';
  const prefix = temp ? 'ComfyUI_temp_fake' : String(inputs['filename_prefix'] ?? 'ComfyUI');
  const loaded = loadedPicture(run, id);
  if (loaded) return { images: [save(loaded, prefix, temp ? 'temp' : 'output')] };
  // The name is no part of the picture: two saves of one image are alike.
  const source = linkedIds(workflow, id).map((from) => resultKey(workflow, from));
  const images = Array.from({ length: batchSize(workflow, id) }, (_, index) => {
    const bytes = picture(`${source.join()} ${index}`, 16);
    return save(bytes, prefix, temp ? 'temp' : 'output');
  });
  return { images };
}

/** The input file that an output node shows as it is, with nothing between it and the node that loads it. */
function loadedPicture({ workflow, readInput }: GraphRun, id: string): Uint8Array | undefined {
  const [loader] = linkedIds(workflow, id).map((from) => workflow[from]);
  const image = loader?.class_type === 'LoadImage' ? loader.inputs['image'] : undefined;
  return typeof image === 'string' ? readInput(image) : undefined;
}

function batchSize(workflow: Workflow, id: string): number {
  const own = workflow[id]?.inputs['batch_size'];
  if (typeof own === 'number') return own;
  const sources = linkedIds(workflow, id).map((from) => batchSize(workflow, from));
  return Math.max(1, ...sources);
}

function picture(seed: string, size: number): Uint8Array {
  const colours = createHash('sha256').update(seed).digest();
  const at = (place: number) => colours[place % colours.length]!;
  return encodePng(size, size, (x, y) => [at(x + y), at(x * 3 + 1), at(y * 5 + 2)]);
}

function pad(bytes: Uint8Array, least: number): Uint8Array {
  const padded = new Uint8Array(Math.max(least, bytes.length));
  padded.set(bytes);
  return padded;
}

async function untilAborted(signal: AbortSignal, clock: Clock, lateMs = 0): Promise<never> {
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
  if (lateMs > 0) await clock.sleep(lateMs);
  throw signal.reason;
}
