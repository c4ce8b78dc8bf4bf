import { type EmbedderV1, type PartRef, parseOptions } from 'comfygen/plugin';
import { z } from 'zod';
import { type CallOptions, callOptions, credentialOptions } from '../calls/call-options.ts';
import { protocolError, providerError } from '../calls/provider-error.ts';
import { watchTraffic } from '../calls/traffic.ts';
import { withinCallLimit } from '../calls/within-call-limit.ts';
import { connect } from '../openai/client.ts';
import { embedBatches } from './embed-batches.ts';

const PART: PartRef = { role: 'embedder', name: 'openai-embeddings' };

/**
 * Settings of an embedding model behind an OpenAI-compatible server; `body` is for models that shorten their vectors:
 * `{ dimensions: 256 }`.
 */
export interface OpenaiEmbeddingsOptions extends Omit<CallOptions, 'maxTokens' | 'prices'> {
  /** How many numbers the vectors have: 1,536 for `text-embedding-3-small`. Another length is an error. */
  dimensions: number;
  /** The API key. Default: environment variable OPENAI_API_KEY, read at each call; not for an address given here. */
  apiKey?: string | undefined;
  /** The API's address. Default: the environment variable OPENAI_BASE_URL, else `https://api.openai.com/v1`. */
  baseUrl?: string | undefined;
  /** How many texts go into one request, 1 to 2,048. Default: 256. */
  batchSize?: number | undefined;
}

const { model, maxRetries, maxRetryAfterMs, timeoutMs, body, fetch, dangerouslyAllowBrowser } =
  callOptions;
const schema = z.strictObject({
  ...{ model, maxRetries, maxRetryAfterMs, timeoutMs, body, fetch, dangerouslyAllowBrowser },
  ...credentialOptions,
  dimensions: z.int().min(1),
  batchSize: z.int().min(1).max(2_048).default(256),
});

const embedded = z.looseObject({
  data: z.array(z.looseObject({ embedding: z.array(z.number()) })),
});

/**
 * An embedder that uses a model behind `POST /embeddings`, at OpenAI or any server that speaks like it, through the
 * official SDK. An empty text gives zeros. `embed` throws what language models throw.
 *
 * @throws INVALID_OPTIONS for wrong options; the key is looked up at each call
 * @see https://platform.openai.com/docs/api-reference/embeddings
 */
export function openaiEmbeddings(options: OpenaiEmbeddingsOptions): EmbedderV1 {
  const settings = parseOptions(PART, schema, options);
  const { model, dimensions } = settings;
  return {
    spec: 'v1',
    role: 'embedder',
    name: PART.name,
    version: `${model}-${dimensions}`,
    dimensions,
    async embed(texts, ctx) {
      ctx.signal.throwIfAborted();
      const { baseUrl, hide, open } = await connect(PART, settings);
      const where = `POST ${baseUrl}/embeddings`;
      return withinCallLimit(PART, ctx, settings.timeoutMs, (signal, limitMs) =>
        embedBatches(texts, settings, { ...ctx, signal }, async (input) => {
          const traffic = watchTraffic(ctx, settings);
          try {
            const answer: unknown = await open(traffic.fetch).embeddings.create(
              { ...settings.body, model, input, encoding_format: 'float' },
              { signal, timeout: Math.ceil(limitMs) },
            );
            return readVectors(answer, where, input.length, dimensions);
          } catch (error) {
            if (signal.aborted) throw signal.reason;
            throw providerError(PART, where, traffic, error, hide);
          }
        }),
      );
    },
  };
}

function readVectors(
  answer: unknown,
  where: string,
  count: number,
  dimensions: number,
): number[][] {
  const result = embedded.safeParse(answer);
  if (!result.success || result.data.data.length !== count)
    throw protocolError(PART, where, `something else than ${count} vectors`);
  const vectors = result.data.data.map(({ embedding }) => embedding);
  const other = vectors.find(({ length }) => length !== dimensions);
  if (other)
    throw protocolError(PART, where, `vectors of ${other.length} numbers, not ${dimensions}`);
  return vectors;
}
