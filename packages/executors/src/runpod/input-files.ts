import { fileNameOf, toBase64 } from 'comfygen/http';
import { ComfygenError, type Workflow } from 'comfygen/plugin';
import { PART } from './options.ts';

/** The most bytes that a submit may have; files grow by a third in base64. */
export const MAX_PAYLOAD_BYTES = 10 * 1024 * 1024;
const MAX_KEPT_BYTES = 64 * 1024 * 1024;
const NAME = /^comfygen-[0-9a-f]{16}-/;

/** An input picture in the form in which it is sent with a job. */
interface InlineImage {
  name: string;
  /** The bytes in base64. */
  image: string;
}

/** Keeps input files until a graph names them: the service has no place for them before. */
export interface InputFiles {
  /** Keeps a file and gives the name for the graph. @throws PAYLOAD_TOO_LARGE for a file that no job could carry */
  add(file: { name: string; bytes: Uint8Array }): Promise<string>;
  /** The kept files that a graph names. @throws MISSING_INPUT for a file that is not kept any more */
  of(workflow: Workflow): InlineImage[];
}

/** An empty store; above 64 MiB in all it forgets the oldest files. */
export function createInputFiles(): InputFiles {
  const kept = new Map<string, string>();
  return {
    async add({ name, bytes }) {
      const image = toBase64(bytes);
      if (image.length > MAX_PAYLOAD_BYTES)
        throw new ComfygenError(
          'PAYLOAD_TOO_LARGE',
          `The file has ${bytes.length} bytes, in base64 ${image.length}; a job of RunPod carries ${MAX_PAYLOAD_BYTES}.`,
          { part: PART },
        );
      const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new Uint8Array(bytes)));
      const hash = [...digest.subarray(0, 8)].map((byte) => byte.toString(16).padStart(2, '0'));
      const key = `comfygen-${hash.join('')}-${fileNameOf(name, 'input.png')}`;
      kept.delete(key);
      kept.set(key, image);
      let size = [...kept.values()].reduce((sum, { length }) => sum + length, 0);
      for (const [oldest, { length }] of kept) {
        if (size <= MAX_KEPT_BYTES) break;
        kept.delete(oldest);
        size -= length;
      }
      return key;
    },
    of(workflow) {
      const values = Object.values(workflow).flatMap(({ inputs }) => Object.values(inputs));
      const texts = values.filter((value): value is string => typeof value === 'string');
      return [...new Set(texts.filter((text) => NAME.test(text)))].map((name) => {
        const image = kept.get(name);
        if (image !== undefined) return { name, image };
        throw new ComfygenError(
          'MISSING_INPUT',
          `The input file ${name} is not kept any more: upload it again in the process that submits.`,
          { part: PART },
        );
      });
    },
  };
}
