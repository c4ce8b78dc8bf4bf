import type { HttpClient } from 'comfygen/http';
import { type CallContext, ComfygenError } from 'comfygen/plugin';
import type { ServerApi } from './server-api.ts';
import { uploadSchema } from './server-api.ts';

const TIMEOUT_MS = 120_000;

/** A file to upload. */
interface UploadFile {
  name: string;
  bytes: Uint8Array;
  mediaType: string;
}

/** Uploads each content once. */
export interface Uploader {
  /** The name under which the server keeps the file. */
  upload(file: UploadFile, ctx: CallContext): Promise<string>;
  /** The server has lost files: all of them are sent again when they are needed. */
  forget(): void;
}

/** An uploader that has sent nothing yet. */
export function createUploader(http: HttpClient, api: ServerApi): Uploader {
  const names = new Map<string, Promise<string>>();

  const send = async ({ name, bytes, mediaType }: UploadFile, ctx: CallContext) => {
    const form = new FormData();
    const blob = new Blob([new Uint8Array(bytes)], { type: mediaType });
    form.set('image', blob, name.split(/[\\/]/).at(-1) || 'input');
    form.set('type', 'input');
    const answer = await http.send('api/upload/image', ctx, {
      method: 'POST',
      body: form,
      timeoutMs: TIMEOUT_MS,
    });
    const kept = api.check(answer, uploadSchema, 'POST api/upload/image');
    return kept.subfolder ? `${kept.subfolder}/${kept.name}` : kept.name;
  };

  const upload = async (file: UploadFile, ctx: CallContext): Promise<string> => {
    if (file.bytes.length === 0)
      throw new ComfygenError('INVALID_IMAGE', `The file ${file.name} is empty.`);
    const key = await contentKey(file);
    const known = key === undefined ? undefined : names.get(key);
    if (known) return known;
    const sending = send(file, ctx);
    if (key === undefined) return sending;
    names.set(key, sending);
    sending.catch(() => names.delete(key));
    return sending;
  };
  return { upload, forget: () => names.clear() };
}

/** What makes two uploads the same; `undefined` where the platform has no hashes (pages without TLS). */
async function contentKey({ name, bytes }: UploadFile): Promise<string | undefined> {
  const { subtle } = globalThis.crypto;
  if (subtle === undefined) return undefined;
  const digest = new Uint8Array(await subtle.digest('SHA-256', new Uint8Array(bytes)));
  return `${name} ${Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}
