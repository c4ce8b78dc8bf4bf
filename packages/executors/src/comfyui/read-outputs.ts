import { fileNameOf, mediaTypeOfName } from 'comfygen/http';
import type { JobOutput, JsonObject, Warning } from 'comfygen/plugin';
import type { JobEnd } from './server-schemas.ts';

/** What a job made, with what the caller should know of it. */
export interface ReadOutputs {
  outputs: JobOutput[];
  warnings: Warning[];
}

interface FoundFile {
  nodeId: string;
  filename: string;
  subfolder: string;
  type: string;
}

/**
 * The files of all nodes, those of the plan's output nodes first, in their order. Files that are only kept for
 * a while (PreviewImage) count where there are no others.
 */
export function readOutputs(
  outputs: JobEnd['outputs'],
  outputNodes: readonly string[],
): ReadOutputs {
  const place = (id: string) => {
    const found = outputNodes.indexOf(id);
    return found < 0 ? outputNodes.length : found;
  };
  const nodes = Object.entries(outputs ?? {}).toSorted(([a], [b]) => place(a) - place(b));
  const files = nodes.flatMap(([nodeId, output]) => filesOf(nodeId, output ?? {}));
  const kept = files.filter(({ type }) => type !== 'temp');
  const used = kept.length > 0 ? kept : files;
  const left = files.length - used.length;
  const message = `${left} preview ${left === 1 ? 'image was' : 'images were'} left out: the job saved others.`;
  return {
    outputs: used.map((file, index) => toOutput(file, index)),
    warnings: left > 0 ? [{ code: 'previews-left-out', message, details: { left } }] : [],
  };
}

/** Every list of `{ filename, subfolder, type }` under a node's output: images, gifs, audio, 3d. */
function filesOf(nodeId: string, output: Record<string, unknown>): FoundFile[] {
  return Object.values(output).flatMap((list) => {
    if (!Array.isArray(list)) return [];
    return list.flatMap((item: unknown) => {
      if (typeof item !== 'object' || item === null) return [];
      const { filename, subfolder, type } = item as Record<string, unknown>;
      if (typeof filename !== 'string' || filename === '') return [];
      return [
        {
          nodeId,
          filename,
          subfolder: typeof subfolder === 'string' ? subfolder : '',
          type: typeof type === 'string' ? type : 'output',
        },
      ];
    });
  });
}

function toOutput({ nodeId, filename, subfolder, type }: FoundFile, index: number): JobOutput {
  const mediaType = mediaTypeOfName(filename) ?? null;
  const ref: JsonObject = { filename, subfolder, type };
  const fileName = fileNameOf(filename);
  return { nodeId, index, kind: kindOf(mediaType), fileName, mediaType, ref };
}

function kindOf(mediaType: string | null): JobOutput['kind'] {
  const family = mediaType?.split('/')[0];
  if (family === 'image' || family === 'video' || family === 'audio' || family === 'text')
    return family;
  return 'file';
}
