import type { FakeReply, FakeRequest, FakeRoute } from 'comfygen/testing';
import { type AssetStore, assetJson, hashOf } from './asset-store.ts';
import { envelope } from './envelope.ts';

interface AssetRoutesOptions {
  store: AssetStore;
  /** Whether content is a redirect to signed links. */
  redirects: boolean;
}

/** The routes for assets: upload, look-up by hash, metadata and content. */
export function assetRoutes({ store, redirects }: AssetRoutesOptions): Record<string, FakeRoute> {
  const find = ({ params }: FakeRequest) => store.get(params['id']!);
  const gone = () => envelope(404, 'not_found', 'No such asset.');
  return {
    'POST /api/v2/assets': (request) => upload(request, store),
    'POST /api/v2/assets/from-hash': (request) => {
      const { hash, file_path = null } = request.json() as { hash?: string; file_path?: string };
      if (typeof hash !== 'string') return envelope(422, 'invalid_request', 'hash is required');
      const known = store.findByHash(hash);
      if (known === undefined)
        return envelope(404, 'blob_not_found', 'No blob that you may mint from.');
      const { bytes, contentType } = known;
      const asset = store.add({ bytes, contentType, filePath: file_path, jobId: null });
      return { status: 201, json: { ...assetJson(asset, store), created_new: false } };
    },
    'GET /api/v2/assets/:id': (request) => {
      const asset = find(request);
      return asset ? { json: assetJson(asset, store) } : gone();
    },
    'GET /api/v2/assets/:id/content': (request) => {
      const asset = find(request);
      if (asset === undefined) return gone();
      if (redirects) return { status: 302, headers: { location: store.link(asset).url } };
      return { bytes: asset.bytes, headers: { 'content-type': asset.contentType } };
    },
    'DELETE /api/v2/assets/:id': (request) => {
      const asset = find(request);
      if (asset === undefined) return gone();
      if (asset.jobId !== null)
        return envelope(409, 'asset_in_use', 'The record cannot be deleted.');
      store.forget(asset.id);
      return { status: 204 };
    },
  };
}

async function upload(request: FakeRequest, store: AssetStore): Promise<FakeReply> {
  const form = await new Response(new Uint8Array(request.body), {
    headers: { 'content-type': request.headers['content-type'] ?? '' },
  })
    .formData()
    .catch(() => new FormData());
  const [file, contentType, filePath] = [
    form.get('file'),
    form.get('content_type'),
    form.get('file_path'),
  ];
  if (!(file instanceof Blob) || typeof contentType !== 'string' || typeof filePath !== 'string')
    return envelope(422, 'invalid_request', 'file, content_type and file_path are required');
  const bytes = new Uint8Array(await file.arrayBuffer());
  const expected = form.get('expected_hash');
  if (expected !== null && expected !== hashOf(bytes))
    return envelope(409, 'hash_mismatch', 'The bytes have another hash.');
  const known = store.findByHash(hashOf(bytes)) !== undefined;
  const asset = store.add({ bytes, contentType, filePath, jobId: null });
  return {
    status: known ? 200 : 201,
    json: { ...assetJson(asset, store), created_new: !known },
  };
}
