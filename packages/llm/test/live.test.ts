import { anthropic } from '@comfygen/llm/anthropic';
import { openai } from '@comfygen/llm/openai';
import { createCallContext, type LanguageModelV1 } from 'comfygen/plugin';
import { describe, expect, it } from 'vitest';

// These ask the providers themselves and cost a fraction of a cent. Without a key the report says "skipped", by name.
const providers: [key: string, model: () => LanguageModelV1][] = [
  ['ANTHROPIC_API_KEY', () => anthropic({ model: 'claude-haiku-4-5', maxTokens: 200 })],
  ['OPENAI_API_KEY', () => openai({ model: 'gpt-5-mini', maxTokens: 2_000, effort: 'minimal' })],
];

describe.each(providers)('the provider behind %s', (key, create) => {
  const isMissing = !process.env[key];
  if (isMissing) console.warn(`Skipped: set ${key} to test the provider itself.`);

  it.skipIf(isMissing)(
    'gives JSON of a schema',
    async () => {
      const reply = await create().generate(
        {
          system: [{ text: 'Choose the flow for the prompt: "portrait" or "landscape".' }],
          messages: [{ role: 'user', content: 'a wide valley in the evening' }],
          schema: {
            name: 'choice',
            schema: {
              type: 'object',
              properties: { flow: { type: 'string', enum: ['portrait', 'landscape'] } },
              required: ['flow'],
              additionalProperties: false,
            },
          },
        },
        createCallContext(),
      );
      expect(reply.warnings).toEqual([]);
      expect(JSON.parse(reply.text)).toEqual({ flow: 'landscape' });
      expect(reply.usage.outputTokens).toBeGreaterThan(0);
    },
    130_000,
  );
});
