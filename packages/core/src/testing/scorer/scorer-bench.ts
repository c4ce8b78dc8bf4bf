import type { CallContext, Score, ScorerRequest, ScorerV1 } from '../../spec/index.ts';
import { createCallContext } from '../../util/call-context.ts';
import type { Case } from '../runner.ts';
import { createTestBrief } from '../test-brief.ts';

/** A case of the scorer suite. */
export interface ScorerCase extends Case<ScorerBench> {
  /** Why it does not apply to this scorer, by what that says of itself; `undefined` where it does. */
  leftOut?: (scorer: ScorerV1) => string | undefined;
}
export type Image = ScorerRequest['image'];

/** What a case works with. */
export interface ScorerBench {
  scorer: ScorerV1;
  another(): ScorerV1;
  /** Fresh copies. */
  images(): Image[];
  call(signal?: AbortSignal): CallContext;
  request(image?: Image, prompt?: string): ScorerRequest;
  score(image?: Image): Promise<Score>;
}

/** Sets a case up; `signal` aborts when it took too long. */
export function openBench(settings: {
  create: () => ScorerV1;
  images: readonly Image[];
  prompt: string;
  signal: AbortSignal;
}): ScorerBench {
  const scorer = settings.create();
  const images = () => structuredClone([...settings.images]);
  const call = (signal = settings.signal) => createCallContext({ signal });
  const request = (image = images()[0]!, prompt = settings.prompt) => ({
    image,
    brief: createTestBrief(prompt),
  });
  return {
    scorer,
    another: settings.create,
    images,
    call,
    request,
    score: (image) => scorer.score(request(image), call()),
  };
}
