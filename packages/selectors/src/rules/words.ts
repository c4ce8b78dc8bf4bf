// A mark that ends a clause is kept as '' so that no phrase reaches across it.
const TOKEN = /[\p{L}\p{N}]+(?:['’]\p{L}+)*|[,.;:!?()[\]{}|"“”\n]/gu;

/** The words of a text in lower case: hyphens part words, a possessive 's is dropped. */
export function wordsOf(text: string): string[] {
  return Array.from(text.normalize('NFC').matchAll(TOKEN), ([token]) => {
    if (!/^[\p{L}\p{N}]/u.test(token)) return '';
    const word = token.toLowerCase().replace('’', "'");
    return word.endsWith("'s") ? word.slice(0, -2) : word;
  });
}
