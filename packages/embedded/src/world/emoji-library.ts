import { ComfygenError } from 'comfygen/plugin';
import type { ModelLibrary } from '../model/types.ts';
import { loadIconSet } from './art/icon-set.ts';
import { loadRasterizer } from './art/rasterize.ts';
import { createEmojiModel } from './bank/emoji-model.ts';
import { createItemCache } from './bank/item-cache.ts';
import { createVae } from './codec/vae.ts';
import { CHECKPOINTS } from './files/checkpoints.ts';
import { emojiFiles } from './files/emoji-files.ts';
import { LORAS } from './files/loras.ts';
import { findUpscaler } from './files/upscalers.ts';
import { VAES } from './files/vaes.ts';
import { layOutAxes } from './words/axes.ts';
import { loadConcepts } from './words/concepts.ts';
import { createTextEncoder } from './words/encoder.ts';

const CACHE_BYTES = 48 * 1024 * 1024;

/**
 * The models of the emoji world. Nothing is read before the first one is loaded; the pictures that
 * a run needs are drawn then and kept for the next, up to 48 MiB.
 */
export function createEmojiLibrary(): ModelLibrary {
  const cache = createItemCache(CACHE_BYTES);
  const find = <T>(folder: string, entries: Readonly<Record<string, T>>, name: string): T => {
    const found = Object.hasOwn(entries, name) ? entries[name] : undefined;
    if (found !== undefined) return found;
    throw missing(folder, name);
  };
  const openCheckpoint = keepFirst(async (name: string) => {
    const file = find('checkpoints', CHECKPOINTS, name);
    const [set, concepts] = await Promise.all([
      loadIconSet(file.art),
      loadConcepts(),
      loadRasterizer(),
    ]);
    const known = concepts.filter((concept) => file.knows(concept) && set.has(concept.name));
    const model = createEmojiModel({
      name,
      repertoire: { concepts: known, scene: file.scene, density: file.softness ? 0.5 : 0.25 },
      art: { set, ink: file.ink ?? false, softness: file.softness ?? 0 },
      leak: file.leak,
      axes: layOutAxes(concepts),
      cache,
    });
    const clip = createTextEncoder(concepts, known, file.words);
    return { model, clip, vae: createVae() };
  });
  return {
    ...emojiFiles,
    loadCheckpoint: openCheckpoint,
    loadLora: async (name) => find('loras', LORAS, name),
    loadVae: async (name) => createVae(find('vae', VAES, name)),
    async loadUpscaleModel(name) {
      const found = findUpscaler(name);
      if (found) return found;
      throw missing('upscale_models', name);
    },
  };
}

// A second load gives the same objects; one that failed may be tried again.
function keepFirst<T>(load: (name: string) => Promise<T>): (name: string) => Promise<T> {
  const loaded = new Map<string, Promise<T>>();
  return (name) => {
    let one = loaded.get(name);
    if (one === undefined) {
      one = load(name);
      loaded.set(name, one);
      one.catch(() => loaded.delete(name));
    }
    return one;
  };
}

function missing(folder: string, name: string): ComfygenError {
  const names = emojiFiles.list(folder);
  return new ComfygenError(
    'MISSING_MODEL',
    `There is no "${name}" in ${folder}; there are: ${names.join(', ')}.`,
    { details: { folder, name, names } },
  );
}
