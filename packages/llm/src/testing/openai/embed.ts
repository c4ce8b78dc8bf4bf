import type { JsonObject } from 'comfygen/plugin';
import { z } from 'zod';
import { type Answer, countTokens } from '../reply.ts';
import { sayIssue } from '../say-issue.ts';
import { invalidRequest } from './envelope.ts';

const request = z.strictObject({
  model: z.string().min(1),
  input: z.union([z.string().min(1), z.array(z.string().min(1)).min(1).max(2_048)]),
  dimensions: z.int().min(1).max(4_096).default(8),
  encoding_format: z.enum(['float', 'base64']).default('float'),
  user: z.string().optional(),
});

/** An answer to `POST /embeddings`: a vector of unit length for each text, from its letters. @throws Refusal */
export function embed(body: JsonObject): Answer {
  const result = request.safeParse(body);
  if (!result.success) throw invalidRequest(sayIssue(result.error.issues[0]!));
  const { model, input, dimensions, encoding_format: format } = result.data;
  const texts = typeof input === 'string' ? [input] : input;
  const data = texts.map((text, index) => {
    const vector = vectorOf(text, dimensions);
    const bytes = Buffer.from(new Float32Array(vector).buffer);
    return {
      object: 'embedding',
      index,
      embedding: format === 'base64' ? bytes.toString('base64') : vector,
    };
  });
  const tokens = countTokens(texts.join(''));
  return {
    status: 200,
    body: {
      object: 'list',
      model,
      data,
      usage: { prompt_tokens: tokens, total_tokens: tokens },
    },
  };
}

function vectorOf(text: string, dimensions: number): number[] {
  const counts = new Array<number>(dimensions).fill(0);
  for (const letter of text) counts[letter.codePointAt(0)! % dimensions]! += 1;
  const length = Math.hypot(...counts);
  return counts.map((count) => count / length);
}
