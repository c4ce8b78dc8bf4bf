import type { ModelLibrary } from '../model/types.ts';

/**
 * Makes the function that gives the models: the host's, or else the emoji world, loaded at the first call. A failed
 * load is tried again at the next call.
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
