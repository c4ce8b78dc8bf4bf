/** Where every hash begins. */
export const START = 0x811c9dc5 | 0;

/** One step of FNV-1a, 32 bits. */
export const mixHash = (hash: number, code: number) => Math.imul(hash ^ code, 0x01000193);

/** Of a text. Never 0, which stands for no word. */
export function hashText(text: string): number {
  let hash = START;
  for (let at = 0; at < text.length; at += 1) hash = mixHash(hash, text.charCodeAt(at));
  return hash || 1;
}
