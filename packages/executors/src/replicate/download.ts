import { decodeFile, downloadFile, type HttpClient } from 'comfygen/http';
import { type CallContext, ComfygenError, type Downloaded, type JobOutput } from 'comfygen/plugin';
import { PART } from './options.ts';

/** The bytes of an output: from its address, which needs no key, or from the data URI that it is. */
export async function downloadOutput(
  http: HttpClient,
  output: JobOutput,
  ctx: CallContext,
): Promise<Downloaded> {
  ctx.signal.throwIfAborted();
  const { url } = output.ref;
  if (typeof url === 'string' && /^https?:\/\//i.test(url))
    return downloadFile(http, { path: url, output }, ctx);
  if (typeof url === 'string' && url.startsWith('data:')) return decodeFile(url, output, PART);
  const message = `The output ${output.fileName} has no address.`;
  throw new ComfygenError('NOT_FOUND', message, { part: PART });
}
