import { type HttpClient, toBase64 } from 'comfygen/http';
import type { CallContext } from 'comfygen/plugin';
import { z } from 'zod';

/** Above this the service wants a URL. */
const INLINE_BYTES = 256 * 1024;

const stored = z.object({ urls: z.object({ get: z.string() }) });

/** A file to upload. */
export interface InputFile {
  name: string;
  bytes: Uint8Array;
  mediaType: string;
}

/**
 * Uploads a file and gives the text that stands for it in a graph: up to 256 KiB a data URI, else its address at the
 * service.
 */
export async function uploadFile(
  http: HttpClient,
  { name, bytes, mediaType }: InputFile,
  ctx: CallContext,
): Promise<string> {
  ctx.signal.throwIfAborted();
  if (bytes.length <= INLINE_BYTES) return `data:${mediaType};base64,${toBase64(bytes)}`;
  const body = new FormData();
  body.set('content', new Blob([new Uint8Array(bytes)], { type: mediaType }), name);
  body.set('metadata', JSON.stringify({}));
  const answer = await http.send('files', ctx, { method: 'POST', body, timeoutMs: 120_000 });
  const { urls } = answer.read(stored);
  // The address has no name, but the graph needs its ending.
  return `${urls.get}#${encodeURIComponent(name)}`;
}

/** Makes the test for texts of a graph: whether one was given by `uploadFile`. */
export function isUploadOf(http: HttpClient): (value: string) => boolean {
  const prefix = http.url('files/').href;
  return (value) => /^data:[\w-]+\/[\w.+-]+;base64,/.test(value) || value.startsWith(prefix);
}
