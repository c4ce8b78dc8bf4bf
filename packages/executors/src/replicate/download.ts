import { checkFile, downloadFile, fromBase64, type HttpClient } from 'comfygen/http';
import { type CallContext, ComfygenError, type Downloaded, type JobOutput } from 'comfygen/plugin';
import { PART } from './options.ts';

/** The bytes of an output: from its address, which needs no key, or from the data URI that it is. */
export async function downloadOutput(
  http: HttpClient,
  { fileName, kind, ref }: JobOutput,
  ctx: CallContext,
): Promise<Downloaded> {
  ctx.signal.throwIfAborted();
  const { url } = ref;
  const image = kind === 'image';
  if (typeof url === 'string' && /^https?:\/\//i.test(url))
    return downloadFile(http, { path: url, fileName, image }, ctx);
  const inline = typeof url === 'string' && url.startsWith('data:') ? url : '';
  const bytes = inline ? fromBase64(inline) : undefined;
  if (bytes === undefined)
    throw new ComfygenError('NOT_FOUND', `The output ${fileName} has no address.`, { part: PART });
  const fail = (code: 'PROTOCOL' | 'HOST_FAULT', what: string) =>
    new ComfygenError(code, `The file ${fileName} ${what}.`, { part: PART });
  const told = /^data:([^;,]+)/.exec(inline)?.[1] ?? 'application/octet-stream';
  return { bytes, mediaType: checkFile(bytes, { fileName, image, fail }) ?? told };
}
