import { createRequire } from 'node:module';
import { readPackageJson } from '../art/icon-set.ts';

/** One thing that the emoji world can draw. */
export interface Concept {
  /** Its place among the concepts, and its axis in text embeddings. */
  readonly index: number;
  /** The drawing's name in every art set: `red-apple`. */
  readonly name: string;
  readonly category: Category;
  /** Other words for it, in lower case. */
  readonly keywords: readonly string[];
}

/** Unicode's groups of emoji, without flags and symbols. */
export type Category = (typeof CATEGORIES)[number];

const CATEGORIES = [
  'Animals & Nature',
  'Food & Drink',
  'Travel & Places',
  'Objects',
  'Activities',
  'Smileys & Emotion',
  'People & Body',
] as const;

// Drawings that say nothing but a number, a direction or a kind of sign; and one that the renderer refuses.
const LEFT_OUT =
  /skin-tone|-oclock|-thirty|facing-right|wards-|^(backhand-)?index-|speech|bubble$|thought|-speaker$|^speaker-|mailbox-with|(first|last)-quarter|gibbous|new-moon|^package$|^middle-finger$|^(dizzy|zzz|hole|anger-symbol)$/;

let concepts: Promise<readonly Concept[]> | undefined;

/** All concepts that the Noto and the Fluent set have in common, about 1,000, in a fixed order. */
export function loadConcepts(): Promise<readonly Concept[]> {
  concepts ??= readConcepts();
  return concepts;
}

async function readConcepts(): Promise<readonly Concept[]> {
  const [{ categories }, fluent, chars] = await Promise.all([
    readPackageJson<{ categories: Record<string, string[]> }>('@iconify-json/noto/metadata.json'),
    readPackageJson<{ categories: Record<string, string[]> }>(
      '@iconify-json/fluent-emoji-flat/metadata.json',
    ),
    readPackageJson<Record<string, string>>('@iconify-json/noto/chars.json'),
  ]);
  const shared = new Set(Object.values(fluent.categories).flat());
  const keywords = keywordsByName(chars);
  return CATEGORIES.flatMap((category) =>
    (categories[category] ?? [])
      .filter((name) => shared.has(name) && !LEFT_OUT.test(name))
      .map((name) => ({ name, category, keywords: keywords.get(name) ?? [] })),
  ).map((concept, index) => ({ ...concept, index }));
}

const require = createRequire(import.meta.url);

function keywordsByName(chars: Record<string, string>): Map<string, string[]> {
  const emojilib: Record<string, string[]> = require('emojilib');
  const byName = new Map<string, string[]>();
  for (const [emoji, [, ...words]] of Object.entries(emojilib)) {
    const code = [...emoji].map((char) => char.codePointAt(0)?.toString(16).padStart(4, '0'));
    const name = chars[code.join('-')] ?? chars[code.filter((part) => part !== 'fe0f').join('-')];
    if (name !== undefined) byName.set(name, words.map(readable));
  }
  return byName;
}

const readable = (keyword: string) => keyword.toLowerCase().replaceAll('_', ' ');
