import { ComfygenError } from '../errors/comfygen-error.ts';
import type { CallContext, Downloaded } from '../spec/index.ts';
import { isWebPage, isWholeImage, mediaTypeOfName, sniffMediaType } from './file-type.ts';
import type { HttpClient } from './http-client.ts';

const TIMEOUT_MS = 120_000;
const MAX_BYTES = 512 * 1024 * 1024;

/** What to download. */
export interface FileRequest {
  /** A path below the base, or an absolute URL: keys go to the service's own origin only. */
  path: string;
  query?: Readonly<Record<string, string>> | undefined;
  /** For the media type where neither bytes nor headers tell. */
  fileName: string;
  /** The bytes must be an image that is whole. */
  image: boolean;
  timeoutMs?: number | undefined;
  maxBytes?: number | undefined;
}

/**
 * A file's bytes and media type, redirects followed.
 * @throws PROTOCOL for a web page or something else that is no image, HOST_FAULT for half a file,
 * OUTPUT_EXPIRED where it is gone
 */
export async function downloadFile(
  http: HttpClient,
  { path, query, fileName, image, timeoutMs = TIMEOUT_MS, maxBytes = MAX_BYTES }: FileRequest,
  ctx: CallContext,
): Promise<Downloaded> {
  const fail = (code: 'PROTOCOL' | 'HOST_FAULT', what: string) =>
    new ComfygenError(code, http.hide(`The file ${fileName} ${what}.`));
  const { bytes, headers } = await http
    .send(path, ctx, { query, timeoutMs, maxBytes })
    .catch((error: unknown) => {
      if (!ComfygenError.is(error, 'NOT_FOUND')) throw error;
      const message = http.hide(`The file ${fileName} is gone: ${error.message}`);
      throw new ComfygenError('OUTPUT_EXPIRED', message, { cause: error, retryable: false });
    });
  const found = checkFile(bytes, { fileName, image, fail });
  const told = headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();
  const mediaType = found ?? (told || undefined) ?? mediaTypeOfName(fileName);
  return { bytes, mediaType: mediaType ?? 'application/octet-stream' };
}

/** Checks and names bytes that came in another way than by a download: in base64, in a data URI. */
export function checkFile(
  bytes: Uint8Array,
  {
    fileName,
    image,
    fail,
  }: Pick<FileRequest, 'fileName' | 'image'> & {
    fail(code: 'PROTOCOL' | 'HOST_FAULT', what: string): ComfygenError;
  },
): string | undefined {
  if (bytes.length === 0) throw fail('HOST_FAULT', 'came without a byte');
  const mediaType = sniffMediaType(bytes);
  if (isWebPage(bytes) && !/\.html?$/i.test(fileName)) throw fail('PROTOCOL', 'came as a web page');
  if (image && !mediaType?.startsWith('image/')) throw fail('PROTOCOL', 'is no image');
  if (mediaType && isWholeImage(bytes, mediaType) === false) throw fail('HOST_FAULT', 'came half');
  return mediaType;
}
