import { ComfygenError, type ComfygenErrorOptions } from '../../errors/comfygen-error.ts';
import { sizesOf, whyUnusual } from '../../library/model-sizes.ts';
import { asksSize, ownSide, type SizedGraph, wantedSize } from '../../library/wanted-size.ts';
import type {
  Brief,
  Flow,
  Inventory,
  NodeCatalogue,
  Plan,
  RankedFlow,
  Slots,
  Workflow,
} from '../../spec/index.ts';
import { addDefaults } from '../../workflow/add-defaults.ts';
import { bindBrief } from '../../workflow/bind-brief.ts';
import { isFilm, ownBatch } from '../../workflow/bind-numbers.ts';
import { findOutputNodes } from '../../workflow/graph.ts';
import { checkPolicy, defaultPolicy, type SafetyPolicy } from '../../workflow/policy/policy.ts';
import { rankOutputs } from '../../workflow/rank-outputs.ts';
import { parseWorkflow } from '../../workflow/read.ts';
import { respellNames } from '../../workflow/respell.ts';
import { sanitizeWorkflow, saveWebsocketImages } from '../../workflow/sanitize.ts';
import { findSlots } from '../../workflow/slots/find-slots.ts';
import type { ValidationResult } from '../../workflow/validate/types.ts';
import { validateWorkflow } from '../../workflow/validate/validate-workflow.ts';
import { hashWorkflow } from '../../workflow/write.ts';
import type { RunContext } from '../run-context.ts';

/** A flow bound to a brief: one plan, or one an image where the graph takes no batch. */
export interface BoundPlans {
  flow: Flow;
  plans: [Plan, ...Plan[]];
  validation: ValidationResult;
}

/** What binding looks at besides the flow and the brief. */
export interface BindSettings {
  inventory: Inventory | null;
  policy: SafetyPolicy | undefined;
  run: RunContext;
  /** Into how many jobs a batch is split at least, where it has so many images. Default 1. */
  jobsAtOnce?: number | undefined;
}

const SEEDS = 2n ** 64n;

/**
 * Binds, sanitises, validates and checks a flow, or the graph that a selector wrote in its place.
 *
 * @throws INVALID_WORKFLOW where a server would refuse it or drop an output, UNSAFE_WORKFLOW where it could do harm.
 */
export function bindPlans(
  flow: Flow,
  ranked: RankedFlow,
  brief: Brief,
  settings: BindSettings,
): BoundPlans {
  const { inventory, policy, run } = settings;
  const written = ranked.workflow && parseWorkflow(ranked.workflow);
  const graph = written ?? flow.workflow;
  const slots = written ? { ...findSlots(written), ...ranked.slots } : flow.slots;
  const catalogue = inventory?.catalogue ?? undefined;
  let validation: ValidationResult = UNKNOWN;

  const sized = takeSize({ ...flow, workflow: graph, slots }, brief, { catalogue, run });
  const jobs = jobsOf(graph, slots, sized, run).flatMap((one) =>
    splitBatch(one, { most: flow.batchSize, atOnce: settings.jobsAtOnce, run }),
  );
  const plans = jobs.map((own): Plan => {
    const filenamePrefix = `comfygen-${flow.id}`;
    const bound = bindBrief(graph, slots, own, {
      filenamePrefix,
      defaults: flow.defaults,
      catalogue,
      models: inventory?.models,
    });
    let { workflow } = bound;
    const changes = saveWebsocketImages(workflow, filenamePrefix);
    for (const warning of [...bound.warnings, ...changes]) run.warn(warning);
    if (inventory) for (const warning of respellNames(workflow, inventory)) run.warn(warning);
    if (inventory && catalogue) {
      for (const warning of addDefaults(workflow, catalogue)) run.warn(warning);
      const clean = sanitizeWorkflow(workflow, catalogue);
      // A title changes nothing that runs.
      for (const { code, message } of clean.changes)
        if (code !== 'title-added') run.warn({ code: 'workflow-sanitized', message });
      workflow = clean.workflow;
      validation = validateWorkflow(workflow, catalogue, { models: inventory.models });
      refuseInvalid(flow, validation);
      sayUnchecked(validation, run);
    }
    if (written || policy) refuseUnsafe(flow, workflow, policy ?? defaultPolicy);
    const files = bound.files.map((file) => ({ ...file, bytes: run.pictures.get(file.hash)! }));
    return {
      id: globalThis.crypto.randomUUID(),
      runId: run.runId,
      flowId: flow.id,
      workflow,
      outputNodes: mainFirst(
        rankOutputs(workflow, findOutputNodes(workflow, catalogue)),
        written ? undefined : flow.mainOutput,
      ),
      hash: hashWorkflow(workflow),
      seed: String(own.seed),
      brief: own,
      ...(files.length > 0 && { files }),
    };
  });
  return { flow, plans: plans as [Plan, ...Plan[]], validation };
}

/** The brief with the size that it asks of this graph, in pixels; one that the model was not made for is said. */
function takeSize(
  graph: SizedGraph & Pick<Flow, 'id'>,
  brief: Brief,
  { catalogue, run }: { catalogue: NodeCatalogue | undefined; run: RunContext },
): Brief {
  if (!asksSize(brief)) return brief;
  const wanted = wantedSize(graph, brief, catalogue);
  const { width = ownSide(graph, 'width'), height = ownSide(graph, 'height') } = wanted;
  const why = whyUnusual(sizesOf(graph), width, height);
  if (why !== undefined) {
    const message = `${graph.id} draws ${why} well; ${width} × ${height} was asked for.`;
    run.warn({ code: 'size-unusual', message, details: { width, height } });
  }
  return { ...brief, ...wanted };
}

const mainFirst = (ids: string[], main: string | undefined) =>
  ids.toSorted((a, b) => Number(b === main) - Number(a === main));

/**
 * What each job of a run is told: one job where the graph makes a batch, else one an image, with seeds of their own.
 * Of a run that is to make one of its images again, the job that has it.
 */
function jobsOf(graph: Workflow, slots: Slots, brief: Brief, run: RunContext): Brief[] {
  const { index, count, seed } = brief;
  if (slots.batchSize.length > 0 && !isFilm(graph)) {
    if (index === undefined || count !== undefined) return [brief];
    const assumed = Math.max(ownBatch(graph, slots), index + 1);
    const message = `No count was given, so image ${index} is taken of a batch of ${assumed}. Give the count that it was made with: in a batch of another size it may differ.`;
    if (assumed > 1) run.warn({ code: 'count-assumed', message });
    return [{ ...brief, count: assumed }];
  }
  const one = (place: number): Brief => {
    return { ...brief, seed: shiftSeed(seed, place), count: 1, index: undefined };
  };
  if (index !== undefined) return [one(index)];
  return Array.from({ length: count ?? 1 }, (_, place) => one(place));
}

/** Several jobs for a batch that is too large for one, or that several servers can share; seeds go on from job to job. */
function splitBatch(
  brief: Brief,
  {
    most,
    atOnce = 1,
    run,
  }: { most?: number | undefined; atOnce?: number | undefined; run: RunContext },
): Brief[] {
  const { count = 1, index, seed } = brief;
  const parts = Math.max(Math.min(atOnce, count), Math.ceil(count / (most ?? count)));
  if (parts <= 1 || index !== undefined) return [brief];
  const sizes = Array.from({ length: parts }, (_, at) =>
    Math.floor((count + at) / parts),
  ).reverse();
  const message = `The ${count} images are made by ${parts} jobs, of ${sizes.join(' and ')}.`;
  run.warn({ code: 'count-split', message, details: { sizes } });
  let made = 0;
  return sizes.map((size) => {
    const own = { ...brief, count: size, seed: shiftSeed(seed, made) };
    made += size;
    return own;
  });
}

/** What is said where the backend keeps its node classes to itself. */
const UNKNOWN: ValidationResult = { serverAccepts: 'unknown', safe: false, issues: [] };

function refuseInvalid(flow: Flow, { serverAccepts, safe, issues }: ValidationResult): void {
  const errors = issues.filter((issue) => issue.level === 'error');
  const told = errors
    .slice(0, 5)
    .map((issue) => issue.message)
    .join(' ');
  const options: ComfygenErrorOptions = { details: { flow: flow.id, issues: errors } };
  if (serverAccepts === 'no' || serverAccepts === 'partly') {
    throw new ComfygenError(
      'INVALID_WORKFLOW',
      `Flow "${flow.id}" would be refused${serverAccepts === 'partly' ? ' in part' : ''}: ${told}`,
      options,
    );
  }
  if (!safe)
    throw new ComfygenError(
      'UNSAFE_WORKFLOW',
      `Flow "${flow.id}" is not safe to run: ${told}`,
      options,
    );
}

/** What only the class itself knows to take; it is sent as the flow has it. */
function sayUnchecked({ issues }: ValidationResult, run: RunContext): void {
  const places = issues
    .filter(({ code }) => code === 'not-checked')
    .map(({ nodeId, input }) => `${nodeId}.${input}`);
  if (places.length === 0) return;
  const message = `Beyond what the classes of node packs declare, and not checked: ${places.join(', ')}.`;
  run.warn({ code: 'not-checked', message });
}

function refuseUnsafe(flow: Flow, workflow: Plan['workflow'], policy: SafetyPolicy): void {
  const issues = checkPolicy(workflow, policy);
  if (issues.length === 0) return;
  const told = issues
    .slice(0, 5)
    .map((issue) => issue.message)
    .join(' ');
  throw new ComfygenError(
    'UNSAFE_WORKFLOW',
    `Flow "${flow.id}" breaks the safety policy: ${told}`,
    { details: { flow: flow.id, issues } },
  );
}

function shiftSeed(seed: number | bigint, by: number): number | bigint {
  const shifted = (BigInt(seed) + BigInt(by)) % SEEDS;
  return shifted <= Number.MAX_SAFE_INTEGER ? Number(shifted) : shifted;
}
