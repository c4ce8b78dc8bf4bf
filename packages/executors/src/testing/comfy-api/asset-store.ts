import { blake3 } from '@noble/hashes/blake3.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import type { Clock } from 'comfygen/plugin';
import type { FakeService } from 'comfygen/testing';
import { isoDate } from './envelope.ts';

/** An asset in the fake's memory; several assets may have the same bytes. */
export interface StoredAsset {
  id: string;
  hash: string;
  bytes: Uint8Array;
  contentType: string;
  filePath: string | null;
  createdAt: number;
  jobId: string | null;
}

/** The assets that the fake holds. */
export interface AssetStore {
  add(asset: Omit<StoredAsset, 'id' | 'hash' | 'createdAt'>): StoredAsset;
  get(id: string): StoredAsset | undefined;
  findByHash(hash: string): StoredAsset | undefined;
  forget(id: string): void;
  /**
   * A link to the bytes, with the time at which it expires; signed and on another host where the fake has
   * `signedLinks`.
   */
  link(asset: StoredAsset): { url: string; url_expires_at: string };
}

interface AssetStoreOptions {
  clock: Clock;
  urlLifetimeMs: number;
  /** The host that signed links lead to; `undefined` where the service itself serves the bytes. */
  storage(): FakeService | undefined;
  /** Path or address before `/api/v2`. */
  prefix(): string;
}

/** The blake3 hash of the bytes, in the form that the API uses. */
export function hashOf(bytes: Uint8Array): string {
  return `blake3:${bytesToHex(blake3(bytes))}`;
}

/** An empty store. */
export function createAssetStore(options: AssetStoreOptions): AssetStore {
  const { clock, urlLifetimeMs, storage, prefix } = options;
  const assets = new Map<string, StoredAsset>();
  return {
    add(given) {
      const asset = {
        ...given,
        id: crypto.randomUUID(),
        hash: hashOf(given.bytes),
        createdAt: clock.now(),
      };
      assets.set(asset.id, asset);
      return asset;
    },
    get: (id) => assets.get(id),
    findByHash: (hash) => [...assets.values()].find((asset) => asset.hash === hash),
    forget: (id) => void assets.delete(id),
    link({ id }) {
      const until = clock.now() + urlLifetimeMs;
      const host = storage();
      const url = host
        ? `${host.url}/blobs/${id}?X-Goog-Expires=${until}&X-Goog-Signature=0123456789abcdef`
        : `${prefix()}/api/v2/assets/${id}/content`;
      return { url, url_expires_at: isoDate(until) };
    },
  };
}

/** The JSON that the API gives for an asset. */
export function assetJson(asset: StoredAsset, store: AssetStore): Record<string, unknown> {
  return {
    id: asset.id,
    hash: asset.hash,
    size_bytes: asset.bytes.length,
    content_type: asset.contentType,
    file_path: asset.filePath,
    created_at: isoDate(asset.createdAt),
    expires_at: null,
    job_id: asset.jobId,
    ...store.link(asset),
  };
}
