import type { InputValue, Link, Workflow, WorkflowNode } from '../../spec/index.ts';
import { compareIds, isLink } from '../graph.ts';
import { canonicalValue, hashWorkflow } from '../write.ts';
import { matchNodes, type NodeMatch } from './match-nodes.ts';

/** A node as a diff names it. */
export interface DiffNode {
  nodeId: string;
  classType: string;
  title: string | undefined;
}

/** One input that differs; `undefined` where one side lacks it. Links are compared by the nodes that they lead to. */
export interface InputChange {
  input: string;
  before: InputValue | undefined;
  after: InputValue | undefined;
}

/** What differs between two workflows, for people: renumbered nodes and reordered keys are no difference. */
export interface WorkflowDiff {
  removed: DiffNode[];
  added: DiffNode[];
  changed: { before: DiffNode; after: DiffNode; inputs: InputChange[] }[];
}

/**
 * What one has to change in `before` to get `after`; all lists are empty exactly where `hashWorkflow` gives
 * both the same hash.
 *
 * @throws INVALID_WORKFLOW where links run in a circle.
 */
export function diffWorkflows(before: Workflow, after: Workflow): WorkflowDiff {
  if (hashWorkflow(before) === hashWorkflow(after)) return { removed: [], added: [], changed: [] };
  const match = matchNodes(before, after);
  const matched = new Set(match.values());
  const name = (workflow: Workflow) => (id: string) => describe(id, workflow[id]!);
  const removed = Object.keys(before).filter((id) => !match.has(id));
  const added = Object.keys(after).filter((id) => !matched.has(id));
  const changed = [...match]
    .sort(([a], [b]) => compareIds(a, b))
    .map(([old, young]) => ({
      before: describe(old, before[old]!),
      after: describe(young, after[young]!),
      inputs: diffInputs(before[old]!, after[young]!, match),
    }))
    .filter(({ inputs }) => inputs.length > 0);
  return {
    removed: removed.sort(compareIds).map(name(before)),
    added: added.sort(compareIds).map(name(after)),
    changed,
  };
}

function describe(nodeId: string, node: WorkflowNode): DiffNode {
  const title = node._meta?.title;
  return {
    nodeId,
    classType: node.class_type,
    title: typeof title === 'string' ? title : undefined,
  };
}

function diffInputs(before: WorkflowNode, after: WorkflowNode, match: NodeMatch): InputChange[] {
  const names = [...new Set([...Object.keys(before.inputs), ...Object.keys(after.inputs)])].sort();
  return names
    .map((input) => ({ input, before: before.inputs[input], after: after.inputs[input] }))
    .filter((change) => !sameValue(change.before, change.after, match));
}

function sameValue(
  before: InputValue | undefined,
  after: InputValue | undefined,
  match: NodeMatch,
): boolean {
  if (isLink(before) && isLink(after)) {
    return before[1] === after[1] && sameSource(before[0], after[0], match);
  }
  return canonicalValue(before) === canonicalValue(after);
}

/** Links to partners are the same; so are links to one id whose node was replaced, which is told already. */
function sameSource(before: string, after: string, match: NodeMatch): boolean {
  if (match.has(before)) return match.get(before) === after;
  return before === after && ![...match.values()].includes(after);
}

/** A diff as lines of text: `-` removed, `+` added, `~` changed; a single line where nothing differs. */
export function formatDiff(diff: WorkflowDiff): string[] {
  const lines = [
    ...diff.removed.map((node) => `- ${nodeText(node)}`),
    ...diff.added.map((node) => `+ ${nodeText(node)}`),
    ...diff.changed.flatMap(({ before, after, inputs }) => [
      `~ ${nodeText(before)}${before.nodeId === after.nodeId ? '' : ` → ${after.nodeId}`}`,
      ...inputs.map(
        ({ input, before: old, after: young }) =>
          `    ${input}: ${inputText(old)} → ${inputText(young)}`,
      ),
    ]),
  ];
  return lines.length > 0 ? lines : ['No difference.'];
}

function nodeText({ nodeId, classType, title }: DiffNode): string {
  return `${nodeId} ${classType}${title === undefined || title === classType ? '' : ` "${title}"`}`;
}

function inputText(value: InputValue | undefined): string {
  if (value === undefined) return '(none)';
  if (isLink(value)) return linkText(value);
  const text = canonicalValue(value);
  return text.length > 120 ? `${text.slice(0, 117)}...` : text;
}

const linkText = ([source, slot]: Link) => `output ${slot} of node ${source}`;
