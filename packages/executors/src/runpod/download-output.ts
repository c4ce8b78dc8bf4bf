import { decodeFile, downloadFile, fileNameOf, type HttpClient } from 'comfygen/http';
import { type CallContext, ComfygenError, type Downloaded, type JobOutput } from 'comfygen/plugin';
import type { JobImage } from './job-status.ts';
import { PART, type Settings } from './options.ts';

/** What a bucket answers where a signed link has ended. */
const ENDED: readonly unknown[] = [400, 401, 403, 404, 410];

/** The picture of a job that an output stands for. */
export function findImage(images: readonly JobImage[], { ref, fileName }: JobOutput): JobImage {
  const found = images[Number(ref['place'] ?? Number.NaN)];
  if (found && fileNameOf(found.filename, 'output.png') === fileName) return found;
  throw new ComfygenError('OUTPUT_MISSING', `The job has no picture ${fileName}.`, {
    part: PART,
    retryable: false,
  });
}

/** The bytes of a picture, from its base64 or its link. @throws OUTPUT_EXPIRED for a link that has ended */
export async function downloadImage(
  http: HttpClient,
  { downloadTimeoutMs: timeoutMs, maxBytes }: Settings,
  { data }: JobImage,
  output: JobOutput,
  ctx: CallContext,
): Promise<Downloaded> {
  if (/^https?:\/\//i.test(data)) {
    const request = { path: data, output, timeoutMs, maxBytes };
    return downloadFile(http, request, ctx).catch((error: unknown) => {
      if (!ComfygenError.is(error)) throw error;
      const status = ENDED.includes(error.details['status']);
      if (!status && error.code !== 'OUTPUT_EXPIRED') throw error;
      const message = `The bucket no longer gives ${output.fileName}.`;
      throw new ComfygenError('OUTPUT_EXPIRED', message, { part: PART, cause: error });
    });
  }
  return decodeFile(data, output, PART);
}
