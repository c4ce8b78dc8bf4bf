import type {
  CallContext,
  LanguageModelV1,
  LanguageUsage,
  TextCache,
  Warning,
} from 'comfygen/plugin';
import type { Answer, AskFailure, ModelReply } from '../language-model/question.ts';
import { addUsage } from '../language-model/usage.ts';
import { askWithRepair } from './ask-with-repair.ts';
import { batchRequest, readBatch } from './label-batch.ts';
import type { LabelDefinition } from './label-definition.ts';
import { readJson } from './read-json.ts';

interface LabelRunSettings {
  llm: LanguageModelV1;
  labels: readonly LabelDefinition[];
  batchSize: number;
  concurrency: number;
  cache?: TextCache | undefined;
  timeoutMs: number;
}

type Found = ReadonlyMap<string, string[]>;

/** What several passes over prompts share. */
interface LabelRun {
  /**
   * Asks for the labels of texts, batch by batch; ends early once an error shows that no further batch can do better.
   */
  ask(texts: readonly string[]): Promise<void>;
  usage(): LanguageUsage | undefined;
  /** The last batch that gave nothing. */
  failure(): AskFailure | undefined;
  /** One of each code. */
  warnings(): Warning[];
}

const ATTEMPTS = 4;
const FIRST_WAIT_MS = 2_000;

export function startLabelRun(
  { llm, labels, batchSize, concurrency, cache, timeoutMs }: LabelRunSettings,
  ctx: CallContext,
  onFound: (found: Found) => void,
): LabelRun {
  let usage: LanguageUsage | undefined;
  let failure: AskFailure | undefined;
  let isOver = false;
  const warnings = new Map<string, Warning & { times: number }>();

  function take(answer: Answer<Map<string, string[]>>): void {
    usage = addUsage(usage, answer.usage);
    for (const warning of answer.warnings) {
      const times = (warnings.get(warning.code)?.times ?? 0) + 1;
      warnings.set(warning.code, { ...(warnings.get(warning.code) ?? warning), times });
    }
    if ('value' in answer) onFound(answer.value);
  }

  async function askBatch(texts: readonly string[]): Promise<void> {
    const request = batchRequest(texts, labels);
    const read = ({ text }: ModelReply) => readBatch(readJson(text), texts, labels);
    for (let attempt = 1; ; attempt += 1) {
      const answer = await askWithRepair({ llm, cache, timeoutMs, request, read }, ctx);
      take(answer);
      if ('value' in answer) return;
      const { error } = answer.failure;
      if (error?.retryable !== true || attempt === ATTEMPTS) {
        failure = answer.failure;
        isOver ||= error?.retryable === false;
        return;
      }
      await ctx.clock.sleep(error.retryAfterMs ?? FIRST_WAIT_MS * 2 ** attempt, ctx.signal);
    }
  }

  async function ask(texts: readonly string[]): Promise<void> {
    const batches: string[][] = [];
    for (let at = 0; at < texts.length; at += batchSize) {
      batches.push(texts.slice(at, at + batchSize));
    }
    const work = async () => {
      for (let batch = batches.shift(); batch && !isOver; batch = batches.shift()) {
        await askBatch(batch);
      }
    };
    const stop = (error: unknown) => {
      isOver = true;
      throw error;
    };
    const workers = Array.from({ length: concurrency }, () => work().catch(stop));
    // Nothing is left running when this settles.
    await Promise.allSettled(workers);
    await Promise.all(workers);
  }

  return {
    ask,
    usage: () => usage,
    failure: () => failure,
    warnings: () =>
      [...warnings.values()].map(({ times, ...warning }) =>
        times === 1 ? warning : { ...warning, message: `${warning.message} (${times} times)` },
      ),
  };
}
