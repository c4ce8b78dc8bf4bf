import { z } from 'zod';
import { ComfygenError } from '../errors/comfygen-error.ts';
import type {
  Brief,
  BriefParts,
  Flow,
  Inventory,
  Limits,
  ModelRequirement,
  NodeCatalogue,
  Slots,
} from '../spec/index.ts';
import { atBorder } from '../util/at-border.ts';
import { readAs } from '../util/read-as.ts';
import { bindWorkflow, namesPart } from '../workflow/bind.ts';
import { own } from '../workflow/json-shape.ts';
import { slashes } from '../workflow/respell.ts';
import { keptClass } from '../workflow/sanitize.ts';
import { slotWarnings } from '../workflow/slots/slot-warnings.ts';
import { declaredInputs, listedOptions } from '../workflow/validate/declared-inputs.ts';
import { checkLimits, limitFields, type MeasuredCost, UNJUDGED } from './check-limits.ts';
import { pictureReasons } from './check-pictures.ts';
import type { FlowReason } from './flow-reason.ts';

/** The backend, brief and limits that a flow is checked against; what is not given is not checked. */
export interface CheckFlowOptions {
  inventory?: Inventory | undefined;
  brief?: Brief | undefined;
  /** Hard limits. Default: the brief's. */
  limits?: Limits | undefined;
  /** Whether a flow is left out of which a limit can't be judged. Default: the brief's `strictLimits`. */
  strictLimits?: boolean | undefined;
  /** What was measured on this backend, by flow id; it counts where the flow states nothing. */
  measured?: { [flowId: string]: MeasuredCost } | undefined;
}

/** Whether a flow can run, and what stands in its way. */
export interface FlowCheck {
  /** `true` where nothing is known to stand in the way. */
  canRun: boolean;
  reasons: FlowReason[];
  missing: { classes: string[]; models: ModelRequirement[] };
  /**
   * What could not be checked, one sentence each: a backend that hides its node classes, a flow that states no memory.
   */
  unknown: string[];
}

const checkFlowOptions = z.strictObject({
  inventory: z.looseObject({}).optional(),
  brief: z.looseObject({}).optional(),
  limits: limitFields.optional(),
  strictLimits: z.boolean().optional(),
  measured: z.looseObject({}).optional(),
} satisfies Record<keyof CheckFlowOptions, z.ZodType>);

/**
 * Whether a flow can run on a backend, fits a brief and meets the limits. A brief's `inputs` and an exact size are judged
 * by the run itself, as `comfygen.select` tells. @throws INVALID_OPTIONS
 */
export function checkFlow(flow: Flow, options: CheckFlowOptions = {}): FlowCheck {
  readAs(checkFlowOptions, options, { what: 'checkFlow', code: 'INVALID_OPTIONS' });
  return atBorder('INVALID_OPTIONS', 'checkFlow', () => judgeFlow(flow, options));
}

function judgeFlow(flow: Flow, options: CheckFlowOptions): FlowCheck {
  const { inventory, brief } = options;
  const limits = options.limits ?? brief?.limits;
  const stock = inventory === undefined ? undefined : checkInventory(flow, inventory);
  const strict = options.strictLimits ?? brief?.strictLimits;
  const measured = own(options.measured, flow.id) as MeasuredCost | undefined;
  const bounds = limits && checkLimits(flow, { limits, measured, strict });
  const catalogue = inventory?.catalogue ?? undefined;
  const fit =
    brief === undefined ? checkAnyBrief(flow, catalogue) : checkBrief(flow, brief, catalogue);
  const reasons = [...(stock?.reasons ?? []), ...fit.reasons, ...(bounds?.reasons ?? [])];
  return {
    canRun: reasons.length === 0,
    reasons,
    missing: stock?.missing ?? { classes: [], models: [] },
    unknown: [
      ...(stock?.unknown ?? []),
      ...fit.unknown,
      ...(bounds?.unjudged ?? []).map((limit) => UNJUDGED[limit]),
    ],
  };
}

const baseName = (file: string) => slashes(file).split('/').at(-1) ?? file;

/** What a backend lacks to run a flow. */
function checkInventory(flow: Flow, inventory: Inventory): Omit<FlowCheck, 'canRun'> {
  const { catalogue, models } = inventory;
  const unknown: string[] = [];
  if (catalogue === null) unknown.push(`${inventory.source} does not list its node classes`);
  const needed = new Set(flow.classes.map(keptClass));
  const classes =
    catalogue === null ? [] : [...needed].filter((name) => !Object.hasOwn(catalogue, name));
  const reasons: FlowReason[] = classes.map((name) => ({
    code: 'missing-class',
    message: `${inventory.source} has no node class ${name}`,
  }));
  const missing: ModelRequirement[] = [];
  const silent = new Set<string>();
  for (const model of flow.models) {
    const { folder } = model;
    const listed = folder !== null && Object.hasOwn(models, folder) ? models[folder] : undefined;
    const files = folder === null ? offeredFiles(flow, model, inventory) : listed;
    if (files === undefined)
      silent.add(folder === null ? `the node pack of ${model.file}` : folder);
    else if (!files.some((file) => slashes(file) === slashes(model.file))) {
      missing.push(model);
      reasons.push({ code: 'missing-model', message: missingModel(model, files) });
    }
  }
  for (const folder of silent) {
    unknown.push(`${inventory.source} does not list the files of ${folder}`);
  }
  return { reasons, missing: { classes, models: missing }, unknown };
}

/**
 * Where only the class knows a file's folder: the names that its input offers, and where it offers none, those of all
 * folders if the file is among them.
 */
function offeredFiles(
  { workflow }: Flow,
  { file }: ModelRequirement,
  { catalogue, models }: Inventory,
): string[] | undefined {
  const listed = Object.values(workflow).flatMap(({ class_type, inputs }) => {
    const input = Object.keys(inputs).find((name) => inputs[name] === file);
    const spec = input && declaredInputs(own(catalogue, class_type), inputs).get(input);
    return (spec && listedOptions(spec)) ?? [];
  });
  const names = listed.filter((name) => typeof name === 'string');
  if (names.length > 0) return names;
  const all = Object.values(models).flat();
  return all.some((name) => slashes(name) === slashes(file)) ? all : undefined;
}

/** The server wants the exact name, so a copy in another folder is named instead of taken. */
function missingModel(model: ModelRequirement, files: readonly string[]): string {
  const elsewhere = files.find((file) => baseName(file) === baseName(model.file));
  const hint =
    elsewhere !== undefined
      ? `; there is ${elsewhere}, which the graph would have to name so`
      : model.url === null
        ? ''
        : `; get it from ${model.url}`;
  return `${model.folder ?? 'the server'} has no ${model.file}${hint}`;
}

const templatesOf = ({ prompt, negative }: Slots) =>
  [...prompt, ...negative].flatMap(({ template }) => template ?? []);

/** Whether a text of these slots names a part of the prompt. */
export const slotsNamePart = (slots: Slots): boolean => templatesOf(slots).some(namesPart);

/** Whether the prompt has to be split into parts for this flow: it states needs, or a text of it names a part. */
export function readsParts(flow: Flow): boolean {
  return Object.values(flow.needs).some((need) => need !== undefined) || slotsNamePart(flow.slots);
}

type Fit = Pick<FlowCheck, 'reasons' | 'unknown'>;

/** What holds for every brief: there is a prompt to be put somewhere, and pictures have to come from somebody. */
function checkAnyBrief(flow: Flow, catalogue: NodeCatalogue | undefined): Fit {
  const needed = pictureReasons(flow, {}, catalogue).map(({ message }) => message);
  return { reasons: promptReasons(flow), unknown: needed.map((what) => `the flow ${what}`) };
}

function promptReasons({ workflow, slots }: Flow): FlowReason[] {
  if (slots.prompt.length > 0) return [];
  const [doubt] = slotWarnings(workflow, slots);
  return [{ code: 'no-prompt-slot', message: doubt!.message }];
}

/** Why a flow does not fit what a prompt asks for, and what can't be told since the brief has no parts. */
function checkBrief(flow: Flow, brief: Brief, catalogue: NodeCatalogue | undefined): Fit {
  const { parts } = brief;
  const reasons = [...promptReasons(flow), ...pictureReasons(flow, brief, catalogue)];
  if (parts !== undefined) reasons.push(...partReasons(flow, parts));
  const unread = parts === undefined && readsParts(flow);
  if (reasons.length === 0 && !unread) reasons.push(...bindReasons(flow, brief, catalogue));
  return { reasons, unknown: unread ? ['the prompt was not split into its parts'] : [] };
}

/** What binding will refuse, such as a size that the flow's nodes can't hold. */
function bindReasons(
  { workflow, slots, defaults }: Flow,
  brief: Brief,
  catalogue: NodeCatalogue | undefined,
): FlowReason[] {
  // Nothing else of a brief can be refused, and binding a whole library takes longer than choosing from it.
  const asksSize = brief.width !== undefined || brief.height !== undefined;
  if (!asksSize && !slotsNamePart(slots)) return [];
  try {
    bindWorkflow(workflow, slots, brief, { defaults, catalogue });
    return [];
  } catch (error) {
    // A slot that the graph has not is a fault of the flow, which its run tells.
    if (!ComfygenError.is(error)) throw error;
    if (error.code !== 'INVALID_BRIEF') return [];
    return [
      { code: 'brief', message: `can't take the brief: ${error.message.replace(/\.$/, '')}` },
    ];
  }
}

function partReasons(flow: Flow, parts: BriefParts): FlowReason[] {
  const { needs } = flow;
  const reasons: FlowReason[] = [];
  const found = parts.subjects.length;
  if (needs.subjects !== undefined && found !== needs.subjects) {
    reasons.push({
      code: 'subjects',
      message: `is for ${needs.subjects} subjects; the prompt has ${found}`,
    });
  } else if (
    found < 2 &&
    templatesOf(flow.slots).some((template) => template.includes('{second}'))
  ) {
    reasons.push({ code: 'subjects', message: `names two subjects; the prompt has ${found}` });
  }
  if (needs.relations !== undefined && !needs.relations.some((word) => word === parts.relation)) {
    reasons.push({
      code: 'relation',
      message: `is for ${needs.relations.join(' or ')}; the prompt says ${parts.relation ?? 'no relation'}`,
    });
  }
  if (needs.count !== undefined && parts.count !== needs.count) {
    reasons.push({
      code: 'count',
      message: `is for ${needs.count} of a kind; the prompt asks for ${parts.count}`,
    });
  }
  return reasons;
}

/** A library split by what a backend, a brief and limits allow. */
export interface FilteredFlows {
  /** The flows that can run and fit, in the library's order. */
  offered: Flow[];
  /** The others, each with all its reasons. */
  skipped: ({ flow: Flow } & Pick<FlowCheck, 'reasons' | 'missing'>)[];
  /** What could not be checked, each sentence once with the flows that it is about. */
  unknown: { message: string; flows: string[] }[];
}

/**
 * The flows that can run here and fit, and for each other one why not and what it lacks.
 * What is not known leaves a flow in (except licences where `commercialUse` is asked for) and is
 * said in `unknown`.
 *
 * @throws INVALID_OPTIONS
 */
export function filterFlows(flows: readonly Flow[], options: CheckFlowOptions = {}): FilteredFlows {
  readAs(checkFlowOptions, options, { what: 'filterFlows', code: 'INVALID_OPTIONS' });
  return atBorder('INVALID_OPTIONS', 'filterFlows', () => judgeAll(flows, options));
}

function judgeAll(flows: readonly Flow[], options: CheckFlowOptions): FilteredFlows {
  const offered: Flow[] = [];
  const skipped: FilteredFlows['skipped'] = [];
  const unknown = new Map<string, string[]>();
  for (const flow of flows) {
    const check = judgeFlow(flow, options);
    if (!check.canRun) {
      skipped.push({ flow, reasons: check.reasons, missing: check.missing });
      continue;
    }
    offered.push(flow);
    for (const message of check.unknown) {
      unknown.set(message, [...(unknown.get(message) ?? []), flow.id]);
    }
  }
  return {
    offered,
    skipped,
    unknown: [...unknown].map(([message, ids]) => ({ message, flows: ids })),
  };
}
