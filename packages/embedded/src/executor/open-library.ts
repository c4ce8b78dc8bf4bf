import type { ModelLibrary } from '../model/types.ts';

/**
 * Gives the host's models, or the emoji world, which is loaded at the first call: a host with models
 * of its own never pays for it. A load that failed is tried again.
 */
export function createLibraryOpener(models: ModelLibrary | undefined): () => Promise<ModelLibrary> {
  let opening: Promise<ModelLibrary> | undefined = models && Promise.resolve(models);
  return () => {
    opening ??= openEmojiWorld().catch((error: unknown) => {
      opening = undefined;
      throw error;
    });
    return opening;
  };
}

async function openEmojiWorld(): Promise<ModelLibrary> {
  const { createEmojiLibrary } = await import('../world/emoji-library.ts');
  return createEmojiLibrary();
}
