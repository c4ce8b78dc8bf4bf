import { ComfygenError } from '../errors/comfygen-error.ts';
import type { CallContext, Downloaded, JobOutput, PartRef } from '../spec/index.ts';
import { fromBase64 } from './base64.ts';
import { isWebPage, isWholeImage, mediaTypeOfName, sniffMediaType } from './file-type.ts';
import type { HttpClient } from './http-client.ts';

const TIMEOUT_MS = 120_000;
const MAX_BYTES = 512 * 1024 * 1024;

/** What to download. */
export interface FileRequest {
  /** A path below the base, or an absolute URL: keys go to the service's own origin only. */
  path: string;
  query?: Readonly<Record<string, string>> | undefined;
  /**
   * What the file should be: an `image` must come as a whole one. Its name tells the media type where its bytes don't.
   */
  output: Pick<JobOutput, 'fileName' | 'kind'>;
  /** How long the download may take, in milliseconds. Default 120,000. */
  timeoutMs?: number | undefined;
  /** The largest file that is read, in bytes; a larger one is PAYLOAD_TOO_LARGE. Default 512 MiB. */
  maxBytes?: number | undefined;
}

/**
 * The bytes and the media type of a job's file, redirects followed.
 *
 * @throws OUTPUT_EXPIRED for 404 and 410, PROTOCOL for a login page or something else that is no image, HOST_FAULT for
 * half a file and for none at all, else as `send` does
 */
export async function downloadFile(
  http: HttpClient,
  { path, query, output, timeoutMs = TIMEOUT_MS, maxBytes = MAX_BYTES }: FileRequest,
  ctx: CallContext,
): Promise<Downloaded> {
  const { fileName } = output;
  const fail: Fail = (code, what) =>
    new ComfygenError(code, http.hide(`The file ${fileName} ${what}.`));
  const { bytes, headers } = await http
    .send(path, ctx, { query, timeoutMs, maxBytes })
    .catch((error: unknown) => {
      if (!ComfygenError.is(error, 'NOT_FOUND')) throw error;
      const message = http.hide(`The file ${fileName} is gone: ${error.message}`);
      throw new ComfygenError('OUTPUT_EXPIRED', message, { cause: error, retryable: false });
    });
  const found = checkFile(bytes, output, fail);
  const told = headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();
  // Many a server calls what it does not know a stream of bytes.
  const mediaType = found ?? mediaTypeOfName(fileName) ?? (told || undefined);
  return { bytes, mediaType: mediaType ?? 'application/octet-stream' };
}

/**
 * A job's file that came in base64 or as a data URI, checked like a download.
 * @throws PROTOCOL for what is no base64 or no image, HOST_FAULT for half a file
 */
export function decodeFile(
  text: string,
  output: Pick<JobOutput, 'fileName' | 'kind'>,
  part: PartRef,
): Downloaded {
  const fail: Fail = (code, what) =>
    new ComfygenError(code, `The file ${output.fileName} ${what}.`, { part });
  const bytes = fromBase64(text);
  if (bytes === undefined) throw fail('PROTOCOL', 'is no base64');
  const told = /^data:([^;,]+)/.exec(text)?.[1];
  const mediaType = checkFile(bytes, output, fail) ?? mediaTypeOfName(output.fileName) ?? told;
  return { bytes, mediaType: mediaType ?? 'application/octet-stream' };
}

type Fail = (code: 'PROTOCOL' | 'HOST_FAULT', what: string) => ComfygenError;

/** The media type that the bytes tell; throws where they are not what they should be. */
function checkFile(
  bytes: Uint8Array,
  { fileName, kind }: FileRequest['output'],
  fail: Fail,
): string | undefined {
  if (bytes.length === 0) throw fail('HOST_FAULT', 'came without a byte');
  const mediaType = sniffMediaType(bytes);
  if (isWebPage(bytes) && !/\.html?$/i.test(fileName)) throw fail('PROTOCOL', 'came as a web page');
  if (kind === 'image' && !mediaType?.startsWith('image/')) throw fail('PROTOCOL', 'is no image');
  if (mediaType && isWholeImage(bytes, mediaType) === false) throw fail('HOST_FAULT', 'came half');
  return mediaType;
}
