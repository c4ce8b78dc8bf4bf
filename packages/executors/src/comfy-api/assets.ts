import { fileNameOf, type HttpClient } from 'comfygen/http';
import { type CallContext, ComfygenError, type InputValue, type Workflow } from 'comfygen/plugin';
import { assetSchema } from './job.ts';
import { PART } from './options.ts';
import { serviceError, wordOf } from './service-error.ts';

/** What one request may carry. */
const MAX_UPLOAD_BYTES = 100 * 1024 * 1024;
const UPLOAD_TIMEOUT_MS = 300_000;
/** How an asset is named in a graph until it is sent. */
const NAME = /^comfy-api-asset:([\w-]+)$/;

/**
 * Stores an input file and gives the name for the graph. Bytes that the service already has are not sent: their
 * blake3 hash is looked up first.
 */
export async function uploadAsset(
  http: HttpClient,
  file: { name: string; bytes: Uint8Array; mediaType: string },
  ctx: CallContext,
): Promise<string> {
  ctx.signal.throwIfAborted();
  const { bytes, mediaType } = file;
  if (bytes.length > MAX_UPLOAD_BYTES)
    throw new ComfygenError(
      'PAYLOAD_TOO_LARGE',
      `The file has ${bytes.length} bytes; Comfy API takes ${MAX_UPLOAD_BYTES} at once.`,
      { part: PART },
    );
  const file_path = fileNameOf(file.name, 'input');
  const hash = await hashOf(bytes);
  const known = await fromHash(http, { hash, file_path }, ctx);
  if (known !== undefined) return `comfy-api-asset:${known}`;
  const body = new FormData();
  body.set('content_type', mediaType);
  body.set('file_path', file_path);
  body.set('expected_hash', hash);
  body.set('file', new Blob([new Uint8Array(bytes)], { type: mediaType }), file_path);
  const answer = await http
    .send('api/v2/assets', ctx, { method: 'POST', body, timeoutMs: UPLOAD_TIMEOUT_MS })
    .catch((error: unknown) => {
      throw serviceError(error);
    });
  return `comfy-api-asset:${answer.read(assetSchema).id}`;
}

async function fromHash(
  http: HttpClient,
  json: { hash: string; file_path: string },
  ctx: CallContext,
): Promise<string | undefined> {
  try {
    const answer = await http.send('api/v2/assets/from-hash', ctx, { method: 'POST', json });
    return answer.read(assetSchema).id;
  } catch (error) {
    ctx.signal.throwIfAborted();
    // A server without this short cut, or without these bytes, gets them.
    const status = ComfygenError.is(error) ? error.details['status'] : undefined;
    if (ComfygenError.is(error) && wordOf(error) === 'blob_not_found') return undefined;
    if (status === 404 || status === 405 || status === 501) return undefined;
    throw serviceError(error);
  }
}

async function hashOf(bytes: Uint8Array): Promise<string> {
  const { blake3 } = await import('@noble/hashes/blake3.js');
  const digest = [...blake3(bytes)].map((byte) => byte.toString(16).padStart(2, '0'));
  return `blake3:${digest.join('')}`;
}

/** The graph with the references that the service wants in place of assets' names; the given one stays as it is. */
export function withAssets(workflow: Workflow): Workflow {
  const entries = Object.entries(workflow).map(([id, node]) => {
    const inputs = Object.entries(node.inputs).map(([name, value]) => [name, asReference(value)]);
    return [id, { ...node, inputs: Object.fromEntries(inputs) }];
  });
  return Object.fromEntries(entries);
}

function asReference(value: InputValue): InputValue {
  const id = typeof value === 'string' ? NAME.exec(value)?.[1] : undefined;
  return id === undefined ? value : { __type: 'core/ASSET', info: { id } };
}
