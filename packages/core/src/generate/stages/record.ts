import type {
  Brief,
  CandidateRecord,
  JsonObject,
  RecordStore,
  RunRecord,
  ScorerV1,
  SelectorV1,
} from '../../spec/index.ts';
import { messageOf } from '../../util/message-of.ts';
import { VERSION } from '../../version.ts';
import { readAnswer } from '../read-answers.ts';
import type { RunContext } from '../run-context.ts';
import { inTime } from '../time-limits.ts';
import type { ResultImage } from '../types.ts';
import type { FinishedJob } from './run-jobs.ts';
import type { Choice } from './select.ts';

/** Before the deadline a part of the time is kept for teaching. */
const SHARE = 0.8;

/** All that a record is made of. */
export interface RecordFacts {
  at: number;
  choice: Choice;
  job: FinishedJob;
  images: ResultImage[];
  candidates: CandidateRecord[];
  selector: SelectorV1 | undefined;
  scorer: ScorerV1 | undefined;
  timings: RunRecord['timings'];
  /** Whether all images come from the cache. */
  cached: boolean;
}

/** Makes the run's record and keeps it; a store that fails is a warning, not a lost image. Rethrows an abort. */
export async function keepRecord(
  facts: RecordFacts,
  store: RecordStore,
  run: RunContext,
): Promise<RunRecord> {
  const { choice, job, scorer, candidates } = facts;
  const { brief } = choice.offer;
  const { selection, choiceSeed } = choice;
  const predicted = selection.ranked.filter(({ score }) => score !== null);
  const record: RunRecord = {
    schema: 'comfygen/record@1',
    runId: run.runId,
    at: facts.at,
    prompt: brief.prompt,
    brief: jsonBrief(brief),
    labels: selection.labels,
    selector: facts.selector?.name ?? 'none',
    probabilities: Object.fromEntries(
      selection.ranked.map(({ flowId, probability }) => [flowId, probability]),
    ),
    ...(predicted.length > 0 && {
      predictions: Object.fromEntries(predicted.map(({ flowId, score }) => [flowId, score!])),
    }),
    choiceSeed,
    flowId: job.plan.flowId,
    ...(candidates.length > 1 && { candidates }),
    planHash: job.plan.hash,
    executor: job.executor.name,
    scorer: scorer ? { name: scorer.name, version: scorer.version } : null,
    images: facts.images.map(({ hash, mediaType, seed, batchIndex, flowId, score }) => ({
      hash,
      mediaType,
      seed,
      batchIndex,
      flowId,
      score: score?.value ?? null,
      raw: rawOf(score),
    })),
    feedback: [],
    timings: facts.timings,
    warnings: [...run.warnings],
    versions: { comfygen: VERSION },
    ...(facts.cached && { cached: true }),
  };
  try {
    const step = { limitMs: run.timeouts.storeMs, share: SHARE };
    await inTime(run.call, step, () => store.append(record));
  } catch (error) {
    run.call.signal.throwIfAborted();
    const reason = messageOf(error);
    run.warn({ code: 'record-not-kept', message: `The run's record could not be kept: ${reason}` });
  }
  return record;
}

/** Raw measures by name; those of an ensemble's members as `member.measure`. */
function rawOf(score: ResultImage['score']): { [measure: string]: number } {
  const members = score?.members ?? [];
  const own = Object.entries(score?.raw ?? {});
  const theirs = members.flatMap((member) =>
    Object.entries(member.raw).map(([key, value]) => [`${member.name}.${key}`, value] as const),
  );
  // JSON has no NaN: what could not be measured is absent.
  return Object.fromEntries([...own, ...theirs].filter(([, value]) => Number.isFinite(value)));
}

/** The brief as JSON: the seed in decimal, as other numbers that JSON can't hold, options left out since they may hold a host's secrets. */
function jsonBrief({ options: _options, seed, ...brief }: Brief): JsonObject {
  const big = (_key: string, value: unknown) => (typeof value === 'bigint' ? String(value) : value);
  return JSON.parse(JSON.stringify({ ...brief, seed: String(seed) }, big));
}

/**
 * Hands a scored run to a selector that learns. One that fails to learn is a warning: the images are there.
 * Rethrows an abort.
 */
export async function teachSelector(
  selector: SelectorV1 | undefined,
  record: RunRecord,
  run: RunContext,
): Promise<void> {
  if (!selector?.learn || record.images.every(({ score }) => score === null)) return;
  const { call, warn } = run;
  const part = { role: 'selector', name: selector.name } as const;
  try {
    const step = { limitMs: run.timeouts.learnMs };
    const learned = await inTime(call, step, async (own) => selector.learn?.([record], own));
    for (const warning of readAnswer('lesson', learned ?? {}, part).warnings) warn(warning, part);
  } catch (error) {
    call.signal.throwIfAborted();
    const reason = messageOf(error);
    warn({ code: 'not-learned', message: `${selector.name} did not learn: ${reason}`, part });
  }
}
