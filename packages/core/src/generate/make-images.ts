import type { CandidateRecord, RankedFlow } from '../spec/index.ts';
import { type Execution, execute } from './execute-stage.ts';
import type { Choice } from './plan-run.ts';
import type { Settings } from './resolve-options.ts';
import type { RunContext } from './run-context.ts';
import { scoreImages } from './score-stage.ts';
import type { Attempt, ResultImage } from './types.ts';

/** Scored images, and how they came to be. */
export interface Made {
  /** What made the best image. */
  execution: Execution;
  /** Best first. */
  images: ResultImage[];
  candidates: CandidateRecord[];
  attempts: Attempt[];
  executeMs: number;
  scoreMs: number;
}

/** What may differ between the flows of a shortlist. */
interface MakeOptions {
  /** Default: the first few of the ranking, one after the other until one succeeds. */
  candidates?: readonly RankedFlow[];
  /** Filled with every try, also where all fail. */
  attempts?: Attempt[];
  /** Images that the run has made before. */
  firstIndex?: number;
}

/** Runs one flow, or another in its place where it fails, and scores what it made. */
export async function makeImages(
  settings: Settings,
  choice: Choice,
  run: RunContext,
  { candidates, attempts = [], firstIndex = 0 }: MakeOptions = {},
): Promise<Made> {
  const { clock } = settings;
  const started = clock.now();
  const execution = await execute(
    { ...settings, ...choice, ...(candidates && { candidates }), run },
    attempts,
  );
  const executed = clock.now();
  const images = await scoreImages(execution, settings.scorer, choice.brief, run, firstIndex);
  const score = images[0]?.score?.value ?? null;
  return {
    execution,
    images,
    candidates: [{ flowId: execution.bound.flow.id, outcome: 'succeeded', score }],
    attempts,
    executeMs: executed - started,
    scoreMs: clock.now() - executed,
  };
}
