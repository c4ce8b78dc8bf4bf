import { type Made, makeImages } from './make-images.ts';
import { briefFor, type Choice, choose, describeChoice, planChoice } from './plan-run.ts';
import { keepRecord } from './record-stage.ts';
import type { Settings } from './resolve-options.ts';
import type { RunContext } from './run-context.ts';
import { teachSelector } from './teach-selector.ts';
import type { GenerateOptions, GenerateResult, PlanResult, SelectResult } from './types.ts';

/** The choice for a prompt. */
export async function selectRun(
  settings: Settings,
  prompt: string,
  call: GenerateOptions,
  run: RunContext,
): Promise<SelectResult> {
  return describeChoice(await choose(settings, briefFor(prompt, call, run.warn), call, run), run);
}

/** The choice for a prompt, bound. */
export async function planRun(
  settings: Settings,
  prompt: string,
  call: GenerateOptions,
  run: RunContext,
): Promise<PlanResult> {
  const choice = await choose(settings, briefFor(prompt, call, run.warn), call, run);
  return planChoice(settings, choice, run);
}

/** Brief, choice, execution, scores, record: all that `generate` does. */
export async function generateRun(
  settings: Settings,
  prompt: string,
  call: GenerateOptions,
  run: RunContext,
): Promise<GenerateResult> {
  const { clock } = settings;
  const started = clock.now();
  run.call.signal.throwIfAborted();
  const brief = briefFor(prompt, call, run.warn);
  run.emit('run-start', { brief });
  try {
    const choice = await choose(settings, brief, call, run);
    const selectMs = clock.now() - started;
    const made = await makeChosen(settings, choice, run);
    const { execution, images, candidates, attempts, executeMs, scoreMs } = made;
    const timings = { selectMs, executeMs, scoreMs, totalMs: clock.now() - started };
    const { selection, choiceSeed } = choice;
    const { selector, scorer } = settings;
    const record = await keepRecord(
      {
        at: started,
        brief,
        selection,
        choiceSeed,
        execution,
        images,
        candidates,
        selector,
        scorer,
        timings,
      },
      settings.records,
      run,
    );
    await teachSelector(selector, record, run);
    run.emit('run-end', { outcome: 'succeeded' });
    const { bound, executor } = execution;
    const [plan] = bound.plans;
    return {
      ...describeChoice(choice, run),
      runId: run.runId,
      best: images[0]!,
      images,
      candidates,
      flow: bound.flow,
      plan,
      validation: bound.validation,
      executor,
      attempts,
      record,
      timings,
    };
  } catch (error) {
    run.emit('run-end', { outcome: run.call.signal.aborted ? 'aborted' : 'failed', error });
    throw error;
  }
}

/** Images of the chosen flow, or of several where the selector asks for a shortlist. */
async function makeChosen(settings: Settings, choice: Choice, run: RunContext): Promise<Made> {
  const { shortlist } = choice.selection;
  if (shortlist === undefined) return makeImages(settings, choice, run);
  if (settings.scorer !== undefined) {
    const { runShortlist } = await import('./shortlist-stage.ts');
    return runShortlist(settings, choice, shortlist, run);
  }
  run.warn({
    code: 'shortlist-not-run',
    message:
      'The selector asks to run several flows and to take the best picture; without a scorer only the first is run.',
  });
  return makeImages(settings, choice, run);
}
