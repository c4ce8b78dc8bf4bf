import { picturesOf } from '../../library/check-pictures.ts';
import type { ExecutorV1, ImageCache, Plan } from '../../spec/index.ts';
import { messageOf } from '../../util/message-of.ts';
import { isBytes } from '../../util/plain-copy.ts';
import { sha256Hex } from '../../util/sha256.ts';
import { VERSION } from '../../version.ts';
import { readAnswer } from '../read-answers.ts';
import type { RunContext } from '../run-context.ts';
import { inTime } from '../time-limits.ts';
import type { JobResult } from './follow.ts';

/** A cache as the jobs of one run use it: what goes wrong there costs a warning, and time once at most. */
export interface JobCache {
  /** What the same job has made before; `undefined` where that is not known. */
  read(executor: ExecutorV1, plan: Plan): Promise<JobResult | undefined>;
  /** Keeps what a job has made. */
  write(executor: ExecutorV1, plan: Plan, result: JobResult): Promise<void>;
}

/** Before the deadline most of the time is kept for making the picture. */
const SHARE = 0.2;
/** Of the header's length, in front of everything. */
const LENGTH_BYTES = 4;

/** The cache for the jobs of this run. */
export function jobCache(cache: ImageCache, run: RunContext): JobCache {
  const { call, timeouts } = run;
  let gaveUp = false;
  const ask = async <T>(work: () => Promise<T>): Promise<T | undefined> => {
    if (gaveUp) return undefined;
    try {
      return await inTime(call, { limitMs: timeouts.storeMs, share: SHARE }, work);
    } catch (error) {
      call.signal.throwIfAborted();
      gaveUp = true;
      const message = `The cache of images failed, and is not asked again in this run: ${messageOf(error)}`;
      run.warn({ code: 'image-cache-failed', message });
      return undefined;
    }
  };
  return {
    read: async (executor, plan) => {
      if (!isSame(executor, plan)) return undefined;
      return ask(async () => {
        const bytes = await cache.get(keyOf(executor, plan));
        return bytes === undefined ? undefined : decode(executor, bytes);
      });
    },
    write: async (executor, plan, result) => {
      if (!isSame(executor, plan) || isPart(result)) return;
      await ask(() => cache.set(keyOf(executor, plan), encode(result)));
    },
  };
}

/** Whether the same plan makes the same picture: a file that only the backend knows may be another one by now. */
function isSame({ supports }: ExecutorV1, { brief }: Plan): boolean {
  return supports.seed === true && Object.values(picturesOf(brief)).every((one) => 'hash' in one);
}

/** Whether a file could not be fetched. */
const isPart = ({ snapshot, files }: JobResult) => files.length < snapshot.outputs.length;

/** Of the graph with all its values, the flow, the brief, the executor, and our own version, which may draw otherwise. */
function keyOf({ name }: ExecutorV1, { flowId, hash, brief }: Plan): string {
  return sha256Hex(JSON.stringify([VERSION, name, flowId, hash, sorted(brief)]));
}

/** Plain data with its keys in one order, whoever wrote it; large seeds in decimal. */
function sorted(value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(sorted);
  const entries = Object.entries(value).filter(([, one]) => one !== undefined);
  return entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, one]) => [key, sorted(one)]);
}

/** A header in JSON, with its length before it, then the bytes of the files. */
function encode({ snapshot, files }: JobResult): Uint8Array {
  const { state, rawState, warnings } = snapshot;
  const header = new TextEncoder().encode(
    JSON.stringify({
      snapshot: { state, rawState, warnings, outputs: files.map(({ output }) => output) },
      files: files.map(({ file: { mediaType, bytes } }) => {
        return { mediaType, size: bytes.length, hash: sha256Hex(bytes) };
      }),
    }),
  );
  const size = files.reduce((sum, { file }) => sum + file.bytes.length, 0);
  const all = new Uint8Array(LENGTH_BYTES + header.length + size);
  new DataView(all.buffer).setUint32(0, header.length);
  all.set(header, LENGTH_BYTES);
  let at = LENGTH_BYTES + header.length;
  for (const { file } of files) {
    all.set(file.bytes, at);
    at += file.bytes.length;
  }
  return all;
}

/** What `encode` made, to the last byte. @throws for anything else */
function decode({ name }: ExecutorV1, all: Uint8Array): JobResult {
  const damaged = new Error('what it holds is damaged.');
  if (!isBytes(all) || all.length < LENGTH_BYTES) throw damaged;
  const length = new DataView(all.buffer, all.byteOffset).getUint32(0);
  let at = LENGTH_BYTES + length;
  if (at > all.length) throw damaged;
  const { snapshot: told, files } = JSON.parse(
    new TextDecoder().decode(all.subarray(LENGTH_BYTES, at)),
  );
  const snapshot = readAnswer('snapshot', told, { role: 'executor', name });
  if (files.length !== snapshot.outputs.length) throw damaged;
  return {
    ref: { executor: name, id: 'cached', submittedAt: 0 },
    snapshot,
    files: snapshot.outputs.map((output, index) => {
      const { mediaType, size, hash } = files[index];
      const bytes = all.slice(at, at + size);
      at += size;
      if (sha256Hex(bytes) !== hash) throw damaged;
      return { output, file: { bytes, mediaType: String(mediaType) } };
    }),
  };
}
