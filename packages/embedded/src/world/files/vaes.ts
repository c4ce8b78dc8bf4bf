/** VAEs by file name, with their settings. */
export const VAES: Readonly<Record<string, { readonly deblock?: boolean }>> = {
  'emoji-vae.safetensors': {},
  'emoji-vae-deblock.safetensors': { deblock: true },
};
