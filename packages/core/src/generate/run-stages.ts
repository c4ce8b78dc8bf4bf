import { execute } from './execute-stage.ts';
import { briefFor, choose, describeChoice, planChoice } from './plan-run.ts';
import { keepRecord } from './record-stage.ts';
import type { Settings } from './resolve-options.ts';
import type { RunContext } from './run-context.ts';
import { scoreImages } from './score-stage.ts';
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
    const selected = clock.now();
    const execution = await execute({ ...settings, ...choice, run });
    const executed = clock.now();
    const images = await scoreImages(execution, settings.scorer, brief, run);
    const ended = clock.now();
    const timings = {
      selectMs: selected - started,
      executeMs: executed - selected,
      scoreMs: ended - executed,
      totalMs: ended - started,
    };
    const { selection, choiceSeed } = choice;
    const { selector, scorer } = settings;
    const record = await keepRecord(
      { at: started, brief, selection, choiceSeed, execution, images, selector, scorer, timings },
      settings.records,
      run,
    );
    await teachSelector(selector, record, run);
    run.emit('run-end', { outcome: 'succeeded' });
    const { bound, executor, attempts } = execution;
    const [plan] = bound.plans;
    return {
      ...describeChoice(choice, run),
      runId: run.runId,
      best: images[0]!,
      images,
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
