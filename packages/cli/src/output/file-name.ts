/** What goes into a picture's name. */
export interface PictureName {
  prompt: string;
  seed: string;
  mediaType: string;
}

const EXTENSIONS: Record<string, string> = {
  'image/png': '.png',
  'image/jpeg': '.jpg',
  'image/webp': '.webp',
  'image/gif': '.gif',
  'image/svg+xml': '.svg',
};

/** How a file of this type ends: `.png`; `.bin` for a type that is not known. */
export function extensionOf(mediaType: string): string {
  return EXTENSIONS[mediaType.split(';')[0]!.trim().toLowerCase()] ?? '.bin';
}

/** `a-red-apple-7.png`: the prompt's first words and the seed, safe on every file system. */
export function pictureName({ prompt, seed, mediaType }: PictureName): string {
  const slug = prompt
    .normalize('NFC')
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '');
  const short = [...slug].slice(0, 48).join('').replace(/-+$/, '');
  return `${short || 'picture'}-${seed}${extensionOf(mediaType)}`;
}

/** The name with a number before its extension: `fox.png`, `fox-2.png`, `fox-3.png`. */
export function numberedName(path: string, number: number): string {
  if (number === 1) return path;
  const [, stem, extension] = /^(.*?)(\.[^./\\]+)?$/s.exec(path)!;
  return `${stem}-${number}${extension ?? ''}`;
}
