import { ComfygenError, type SelectorRequest } from 'comfygen/plugin';
import {
  bindWorkflow,
  checkPolicy,
  type SafetyPolicy,
  type SlotName,
  sanitizeWorkflow,
  validateWorkflow,
  type Workflow,
} from 'comfygen/workflow';
import { checkParts } from './check-parts.ts';
import type { SlottedWorkflow } from './notation/expand-workflow.ts';
import { noSlots } from './notation/placeholders.ts';

/** A graph that may run, with the changes made to it, or the list of its faults. */
export type GraphCheck = { graph: SlottedWorkflow; changes: string[] } | { faults: string[] };

const MOST_FAULTS = 5;

/**
 * Checks whether a graph that the model wrote may run: it is sanitised, has a prompt to fill, is accepted by the
 * server as far as its classes are known, is within the policy and the brief's limits, and uses only parts that are
 * there and belong together.
 */
export function checkGraph(
  written: SlottedWorkflow,
  request: SelectorRequest,
  policy: SafetyPolicy,
): GraphCheck {
  const { graph, changes } = sanitize(written, request);
  const bound = bind(graph, request);
  if ('fault' in bound) return { faults: [bound.fault] };
  const faults = [
    ...invalid(bound.workflow, request),
    ...checkPolicy(bound.workflow, policy).map((issue) => issue.message),
    ...checkParts(bound.workflow, request),
  ];
  return faults.length === 0 ? { graph, changes } : { faults: faults.slice(0, MOST_FAULTS) };
}

function sanitize(
  { workflow, slots }: SlottedWorkflow,
  { inventory }: SelectorRequest,
): { graph: SlottedWorkflow; changes: string[] } {
  if (!inventory?.catalogue) return { graph: { workflow, slots }, changes: [] };
  const clean = sanitizeWorkflow(workflow, inventory.catalogue);
  const kept = structuredClone(slots);
  for (const name of Object.keys(noSlots()) as SlotName[]) {
    kept[name] = kept[name].filter(({ node, input }) =>
      Object.hasOwn(clean.workflow[node]?.inputs ?? {}, input),
    );
  }
  return {
    graph: { workflow: clean.workflow, slots: kept },
    // A title changes nothing that runs.
    changes: clean.changes
      .filter(({ code }) => code !== 'title-added')
      .map(({ message }) => message),
  };
}

/** As core will bind it, for one image. */
function bind(
  { workflow, slots }: SlottedWorkflow,
  { brief }: SelectorRequest,
): { workflow: Workflow } | { fault: string } {
  try {
    return bindWorkflow(workflow, slots, brief, { filenamePrefix: 'comfygen', batchSize: 1 });
  } catch (error) {
    if (ComfygenError.is(error)) return { fault: error.message };
    throw error;
  }
}

function invalid(workflow: Workflow, { inventory }: SelectorRequest): string[] {
  if (!inventory?.catalogue) return [];
  const { serverAccepts, safe, issues } = validateWorkflow(workflow, inventory.catalogue, {
    models: inventory.models,
  });
  if (safe && serverAccepts !== 'no' && serverAccepts !== 'partly') return [];
  return issues.filter(({ level }) => level === 'error').map(({ message }) => message);
}
