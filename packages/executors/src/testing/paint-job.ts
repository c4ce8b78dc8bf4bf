import type { Clock } from 'comfygen/plugin';
import type { NodeCatalogue, Workflow } from 'comfygen/workflow';
import type { PreviewImage } from './comfyui/graph-run.ts';
import { createPainter, type FakeTimeline } from './comfyui/paint-graph.ts';
import { failAsServer } from './comfyui/run-faults.ts';
import { createState, fileKey, type StoredFile, saveImage } from './comfyui/server-state.ts';

/** A file that a job of a fake made. */
export interface PaintedFile {
  nodeId: string;
  /** The file name that SaveImage or PreviewImage would give. */
  name: string;
  temp: boolean;
  bytes: Uint8Array;
}

/** Calls during a painted job. */
interface PaintHooks {
  start?(nodeId: string): void;
  step?(nodeId: string, value: number, max: number, preview?: PreviewImage): void;
  done?(nodeId: string, files: PaintedFile[]): void;
}

/** How a job is painted. */
export interface PaintOptions {
  clock: Clock;
  info: NodeCatalogue;
  timeline: FakeTimeline;
  signal: AbortSignal;
  hooks?: PaintHooks | undefined;
  /** The bytes of an input file by its name. Default: there is none. */
  readInput?: ((name: string) => Uint8Array | undefined) | undefined;
}

/**
 * Runs a graph as a ComfyUI without models would, for services that have one inside; resolves with its files.
 * Rejects with what the timeline's failing node throws, or with the signal's reason.
 */
export async function paintJob(
  workflow: Workflow,
  { clock, info, timeline, signal, hooks = {}, readInput = () => undefined }: PaintOptions,
): Promise<PaintedFile[]> {
  const cache = new Map();
  const disk = createState();
  const isOutput = (classType: string) => info[classType]?.output_node === true;
  const paint = createPainter({ clock, cache: () => cache, timeline: () => timeline, isOutput });
  const run = failAsServer(paint, info);
  const made: PaintedFile[] = [];
  const read = (nodeId: string, file: StoredFile): PaintedFile => ({
    nodeId,
    name: file.filename,
    temp: file.type === 'temp',
    bytes: disk.files.get(fileKey(file))!,
  });
  await run({
    promptId: 'job',
    workflow,
    outputs: Object.keys(workflow).filter((id) => isOutput(workflow[id]!.class_type)),
    signal,
    cached: () => {},
    start: (id) => hooks.start?.(id),
    step: (id, value, max, preview) => hooks.step?.(id, value, max, preview),
    finish(id, output) {
      const images = (output?.['images'] ?? []) as StoredFile[];
      const files = images.map((image) => read(id, image));
      made.push(...files);
      hooks.done?.(id, files);
    },
    replay: () => {},
    readInput,
    save: (bytes, prefix, type) => saveImage(disk, bytes, prefix, type),
  });
  return made;
}
