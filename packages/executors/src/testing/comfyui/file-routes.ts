import type { FakeReply, FakeRequest, FakeRoute } from 'comfygen/testing';
import { fileKey, type ServerState, type StoredFile } from './server-state.ts';

const TYPES = ['output', 'input', 'temp'];
const LEAVES = /(^|[/\\])\.\.([/\\]|$)|^[/\\]/;

/** The routes `/view` and `/upload/image`. */
export function fileRoutes(state: () => ServerState): Record<string, FakeRoute> {
  return {
    'GET /view': ({ query }) => {
      const filename = query.get('filename');
      const subfolder = query.get('subfolder') ?? '';
      const type = query.get('type') ?? 'output';
      if (filename === null) return { status: 404 };
      if (!TYPES.includes(type) || LEAVES.test(filename)) return { status: 400 };
      if (LEAVES.test(subfolder)) return { status: 403 };
      const file = { filename, subfolder, type } as StoredFile;
      const bytes = state().files.get(fileKey(file));
      if (bytes === undefined) return { status: 404 };
      const headers = {
        'content-type': filename.endsWith('.png') ? 'image/png' : 'application/octet-stream',
        'content-disposition': `filename="${filename}"`,
        'accept-ranges': 'bytes',
      };
      return { bytes, headers };
    },
    'POST /upload/image': (request) => upload(request, state()),
  };
}

async function upload(request: FakeRequest, { files }: ServerState): Promise<FakeReply> {
  const body = new Response(new Uint8Array(request.body), {
    headers: { 'content-type': request.headers['content-type'] ?? '' },
  });
  const form = await body.formData();
  const image = form.get('image');
  const subfolder = String(form.get('subfolder') ?? '');
  const type = String(form.get('type') ?? 'input') as StoredFile['type'];
  if (!(image instanceof File) || LEAVES.test(subfolder) || LEAVES.test(image.name))
    return { status: 400 };
  const bytes = new Uint8Array(await image.arrayBuffer());
  const overwrite = ['true', '1'].includes(String(form.get('overwrite')));
  const dot = image.name.lastIndexOf('.');
  const [stem, end] =
    dot < 0 ? [image.name, ''] : [image.name.slice(0, dot), image.name.slice(dot)];
  for (let count = 0; ; count += 1) {
    const filename = count === 0 ? image.name : `${stem} (${count})${end}`;
    const key = fileKey({ filename, subfolder, type });
    const there = files.get(key);
    if (there && !overwrite && Buffer.compare(there, bytes) !== 0) continue;
    files.set(key, bytes);
    return { json: { name: filename, subfolder, type } };
  }
}

/** The bytes of an input file under the name that LoadImage uses: `sub/name.png`, `name.png [output]`. */
export function readInputFile({ files }: ServerState, name: string): Uint8Array | undefined {
  const [, path = name, type = 'input'] = /^(.*?)(?: \[(input|output|temp)\])?$/.exec(name) ?? [];
  const cut = path.lastIndexOf('/');
  const subfolder = cut < 0 ? '' : path.slice(0, cut);
  return files.get(
    fileKey({ filename: path.slice(cut + 1), subfolder, type: type as StoredFile['type'] }),
  );
}
