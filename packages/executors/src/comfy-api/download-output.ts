import { downloadFile, type HttpClient, type Recent } from 'comfygen/http';
import { type CallContext, ComfygenError, type Downloaded, type JobOutput } from 'comfygen/plugin';
import { assetSchema, timeOf } from './job.ts';
import { absoluteUrl } from './job-links.ts';
import { PART, type Settings } from './options.ts';

/** The address of an asset's bytes, and the time at which it expires. */
export interface AssetLink {
  url: string;
  until: number | undefined;
}

/** What another host answers where a signed link has ended. */
const ENDED: readonly unknown[] = [400, 401, 403, 404, 410];

/**
 * The bytes of an output. Where its link has expired, a new one is requested once. @throws OUTPUT_EXPIRED where that
 * fails too
 */
export async function downloadOutput(
  http: HttpClient,
  settings: Settings,
  links: Recent<AssetLink>,
  output: JobOutput,
  ctx: CallContext,
): Promise<Downloaded> {
  ctx.signal.throwIfAborted();
  const asset = output.ref['asset'];
  if (typeof asset !== 'string')
    throw new ComfygenError('OUTPUT_MISSING', `${output.fileName} is no output of Comfy API.`, {
      part: PART,
      retryable: false,
    });
  const fetchFrom = async ({ url }: AssetLink) => {
    const { downloadTimeoutMs: timeoutMs, maxBytes } = settings;
    const request = { path: url, output, timeoutMs, maxBytes };
    const file = await downloadFile(http, request, ctx);
    checkSize(file, output);
    return file;
  };

  const known = links.get(asset);
  if (known && (known.until === undefined || ctx.clock.now() < known.until)) {
    try {
      return await fetchFrom(known);
    } catch (error) {
      if (!hasEnded(error)) throw error;
    }
  }
  links.delete(asset);
  const fresh = await freshLink(http, asset, output, ctx);
  links.set(asset, fresh);
  return fetchFrom(fresh).catch((error: unknown) => {
    throw hasEnded(error) ? expired(output, error) : error;
  });
}

/**
 * The absolute address in an asset's link and the time at which it expires; `undefined` where the link is no address.
 */
export function readLink(
  http: HttpClient,
  { url, url_expires_at }: { url?: string | null | undefined; url_expires_at?: unknown },
): AssetLink | undefined {
  if (!url || !URL.canParse(url, http.url('').origin)) return undefined;
  const until = typeof url_expires_at === 'string' ? timeOf(url_expires_at) : undefined;
  return { url: absoluteUrl(http, url), until };
}

async function freshLink(
  http: HttpClient,
  asset: string,
  output: JobOutput,
  ctx: CallContext,
): Promise<AssetLink> {
  const path = `api/v2/assets/${encodeURIComponent(asset)}`;
  const answer = await http.send(path, ctx).catch((error: unknown) => {
    throw ComfygenError.is(error, 'NOT_FOUND') ? expired(output, error) : error;
  });
  const link = readLink(http, answer.read(assetSchema));
  return link ?? { url: http.url(`${path}/content`).href, until: undefined };
}

function hasEnded(error: unknown): boolean {
  if (!ComfygenError.is(error)) return false;
  return error.code === 'OUTPUT_EXPIRED' || ENDED.includes(error.details['status']);
}

function expired({ fileName }: JobOutput, cause: unknown): ComfygenError {
  return new ComfygenError('OUTPUT_EXPIRED', `Comfy API no longer gives ${fileName}.`, {
    part: PART,
    retryable: false,
    cause,
  });
}

function checkSize({ bytes }: Downloaded, { fileName, ref }: JobOutput): void {
  const size = ref['bytes'];
  if (typeof size !== 'number' || bytes.length === size) return;
  const message = `The file ${fileName} came with ${bytes.length} of ${size} bytes.`;
  throw new ComfygenError('HOST_FAULT', message, { part: PART });
}
