import { ComfygenError } from '../errors/comfygen-error.ts';
import type { Brief } from '../spec/index.ts';
import { jobsAtOnce, type Settings } from './options.ts';
import type { RunContext } from './run-context.ts';
import { bindPlans } from './stages/bind.ts';
import { createBrief, refuseUnknownParts } from './stages/brief.ts';
import { makeImages } from './stages/make.ts';
import { offerFlows, refuseAllDown } from './stages/offer.ts';
import { recallBatch } from './stages/recall-batch.ts';
import { keepRecord, teachSelector } from './stages/record.ts';
import { type Choice, chooseFlow } from './stages/select.ts';
import type { GenerateOptions, GenerateResult, PlanResult, SelectResult } from './types.ts';

/** All that `generate` does: brief, offer, choice, images with scores, record. */
export async function generateRun(
  settings: Settings,
  prompt: string,
  call: GenerateOptions,
  run: RunContext,
): Promise<GenerateResult> {
  const { selector, scorer } = settings;
  const { clock } = run.call;
  const started = clock.now();
  run.call.signal.throwIfAborted();
  const brief = await readBrief(settings, prompt, call, run);
  run.emit('run-start', { brief });
  try {
    const offer = await offerFlows(settings, brief, run);
    refuseAllDown(offer);
    const choice = await chooseFlow(settings, offer, call, run);
    const selectMs = clock.now() - started;
    const cache = await cacheOf(settings, call, run);
    const made = await makeImages(settings, { ...choice, onImage: call.onImage, cache }, run);
    const { job, images, candidates, attempts, cached, executeMs, scoreMs } = made;
    const timings = { selectMs, executeMs, scoreMs, totalMs: clock.now() - started };
    const facts = { at: started, choice, job, images, candidates, selector, scorer, timings };
    const record = await keepRecord({ ...facts, cached }, settings.records, run);
    // It has learned from these images when they were made.
    if (!cached) await teachSelector(selector, record, run);
    run.emit('run-end', { outcome: 'succeeded' });
    return {
      ...describeChoice(choice, run),
      runId: run.runId,
      best: images[0]!,
      outputs: images,
      images,
      candidates,
      flow: job.flow,
      plan: job.plan,
      validation: job.validation,
      executor: job.executor.name,
      attempts,
      ...(cached && { cached }),
      record,
      timings,
    };
  } catch (caught) {
    const error = run.failure(caught);
    run.emit('run-end', { outcome: run.call.signal.aborted ? 'aborted' : 'failed', error });
    throw error;
  }
}

/** What the same jobs have made before. With a seed that was drawn nobody can ask for the same picture. */
async function cacheOf({ cache }: Settings, { seed }: GenerateOptions, run: RunContext) {
  if (cache === undefined || seed === undefined) return undefined;
  const { jobCache } = await import('./job/image-cache.ts');
  return jobCache(cache, run);
}

/** The choice for a prompt; nothing is bound or submitted. */
export async function selectRun(
  settings: Settings,
  prompt: string,
  call: GenerateOptions,
  run: RunContext,
): Promise<SelectResult> {
  return describeChoice(await choose(settings, prompt, call, run), run);
}

/** The choice for a prompt, bound for the first executor that can run it; nothing is submitted. */
export async function planRun(
  settings: Settings,
  prompt: string,
  call: GenerateOptions,
  run: RunContext,
): Promise<PlanResult> {
  const choice = await choose(settings, prompt, call, run);
  const { offer, selection } = choice;
  const [first] = selection.ranked;
  const target = offer.executors.find(({ flowIds }) => first && flowIds.has(first.flowId));
  const flow = offer.flows.find((offered) => offered.id === first?.flowId);
  if (!first || !flow) throw new ComfygenError('NO_FLOW', 'No flow was chosen.');
  const inventory = target?.inventory ?? null;
  const { policy, concurrency } = settings;
  const atOnce = Math.min(target ? jobsAtOnce(target.executor) : 1, concurrency());
  const bound = bindPlans(flow, first, offer.brief, { inventory, policy, run, jobsAtOnce: atOnce });
  const { plans, validation } = bound;
  return { ...describeChoice(choice, run), flow, plan: plans[0], validation };
}

async function choose(
  settings: Settings,
  prompt: string,
  call: GenerateOptions,
  run: RunContext,
): Promise<Choice> {
  const brief = await readBrief(settings, prompt, call, run);
  const offer = await offerFlows(settings, brief, run);
  return chooseFlow(settings, offer, call, run);
}

async function readBrief(
  settings: Settings,
  prompt: string,
  call: GenerateOptions,
  run: RunContext,
): Promise<Brief> {
  const brief = createBrief(prompt, call, run.warn);
  refuseUnknownParts(brief, settings);
  const whole = await recallBatch(settings, brief, call, run);
  if (call.images === undefined && call.mask === undefined) return whole;
  const { readPictures } = await import('./stages/read-pictures.ts');
  return { ...whole, ...(await readPictures(call, settings, run)) };
}

/** What a choice looks like to the caller. */
function describeChoice({ offer, selection }: Choice, run: RunContext): SelectResult {
  const { brief, flows, skipped } = offer;
  const offered = flows.map((flow) => flow.id);
  return { brief, selection, offered, skipped, warnings: [...run.warnings] };
}
