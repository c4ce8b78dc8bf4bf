import {
  defineScorer,
  letOthersRun,
  parseOptions,
  type ScorerV1,
  type Warning,
} from 'comfygen/plugin';
import { z } from 'zod';
import { indexConcepts } from '../world/words/concept-index.ts';
import { type Asked, readAsked, type Vocabulary } from './asked.ts';
import { judge } from './judge.ts';
import { readPicture } from './picture.ts';
import { seeThings } from './see-things.ts';
import { loadTemplates, type Templates } from './templates.ts';

/** Options of `adherence`; all may be left out. */
export interface AdherenceOptions {
  /**
   * The most pixels of an image; larger ones are refused by their header. Default: 2^22, 2048 × 2048, the largest that
   * the embedded executor makes by its own default.
   */
  maxPixels?: number | undefined;
  /**
   * The most bytes that an image and what is looked for in it may take at once. Default: 256,000,000, of which 2^22 pixels take some 65,000,000.
   */
  maxBytes?: number | undefined;
}

const PART = { role: 'scorer', name: 'adherence' } as const;
const schema = z.strictObject({
  maxPixels: z
    .int()
    .min(1)
    .default(2 ** 22),
  maxBytes: z.int().min(1).default(256_000_000),
});
// What cannot be judged is neither right nor wrong.
const NEUTRAL = 0.5;

/**
 * A scorer for pictures of the emoji world, 0 to 1: above 0.5 the picture shows what the prompt asks
 * for. It looks at the pixels alone, finds the things in them by comparing with emoji art, and holds
 * their kinds, colours, number and places against the brief. `raw` has `objects`, `colours`, `count`
 * and `position`, 0 to 1, those that the prompt asks about; `found`, the number of things; and
 * `confidence`, how surely things were told apart, 0 to 1. `evidence` names what was found. A prompt
 * that names nothing of the emoji world gives 0.5 and the warning `prompt-not-judged`. Scenes and
 * styles are not judged. Reads PNG. Throws INVALID_IMAGE for other formats, damaged files and images
 * above `maxPixels` or `maxBytes`; INVALID_OPTIONS; FILE_ACCESS where the emoji art is not installed.
 */
export function adherence(given: AdherenceOptions = {}): ScorerV1 {
  const limits = parseOptions(PART, schema, given);
  return defineScorer({
    name: PART.name,
    runOptions: { [PART.name]: [] },
    version: '1',
    range: [0, 1] as const,
    supports: { deterministic: true, prompt: true, parts: true },
    async score({ image, brief }, ctx) {
      ctx.signal.throwIfAborted();
      const picture = await readPicture(image.bytes, limits, ctx.signal);
      const templates = await loadTemplates();
      await letOthersRun(ctx.signal);
      const vocabulary = vocabularyOf(templates);
      await letOthersRun(ctx.signal);
      const asked = readAsked(brief, vocabulary);
      const kinds = new Set(asked.subjects.flatMap(({ concepts }) => concepts));
      const things = await seeThings(picture, templates, [...kinds], ctx.signal);
      const { value, raw, evidence } = judge(things, asked, templates);
      return { value: value ?? NEUTRAL, raw, evidence, warnings: unknownWarnings(asked) };
    },
  });
}

const vocabularies = new WeakMap<Templates, Vocabulary>();

function vocabularyOf(templates: Templates): Vocabulary {
  let vocabulary = vocabularies.get(templates);
  if (vocabulary === undefined) {
    const { concepts } = templates;
    vocabulary = { concepts, index: indexConcepts(concepts) };
    vocabularies.set(templates, vocabulary);
  }
  return vocabulary;
}

function unknownWarnings({ subjects }: Asked): Warning[] {
  const unknown = subjects.filter(({ concepts }) => concepts.length === 0).map(({ text }) => text);
  if (unknown.length === 0) return [];
  const names = unknown.map((text) => `"${text.slice(0, 80)}"`).join(', ');
  if (unknown.length < subjects.length) {
    const message = `Not judged, since the emoji world does not know it: ${names}.`;
    return [{ code: 'subject-not-judged', message }];
  }
  const message = `The prompt names nothing that the emoji world knows: ${names}. The value is a neutral 0.5.`;
  return [{ code: 'prompt-not-judged', message }];
}
