import type { Workflow, WorkflowNode } from '../../spec/index.ts';
import { compareIds, hasNode, isLink, linksOf } from '../graph.ts';
import { canonicalValue } from '../write.ts';

/** Which node of one graph is which of the other: ids of `before` to ids of `after`, each at most once. */
export type NodeMatch = Map<string, string>;

interface Traits {
  id: string;
  title: string | undefined;
  literals: Set<string>;
  /** Where its output goes (`KSampler.positive`) and what feeds it: tells a prompt from a negative. */
  roles: Set<string>;
}

/**
 * Pairs the nodes of two graphs: only equal classes, the most alike first, by literals, neighbours, title
 * and at last id. Renumbered nodes keep their partner; a node of another class has none.
 */
export function matchNodes(before: Workflow, after: Workflow): NodeMatch {
  const match: NodeMatch = new Map();
  const byClass = groupByClass(after);
  for (const [name, olds] of groupByClass(before)) {
    const news = byClass.get(name) ?? [];
    const pairs = olds.flatMap((old) =>
      news.map((young) => ({ old: old.id, young: young.id, score: likeness(old, young) })),
    );
    pairs.sort(
      (a, b) => b.score - a.score || compareIds(a.old, b.old) || compareIds(a.young, b.young),
    );
    const taken = new Set<string>();
    for (const { old, young } of pairs) {
      if (match.has(old) || taken.has(young)) continue;
      match.set(old, young);
      taken.add(young);
    }
  }
  return match;
}

function groupByClass(workflow: Workflow): Map<string, Traits[]> {
  const consumers = new Map<string, Set<string>>();
  for (const { class_type, inputs } of Object.values(workflow)) {
    for (const [name, [source]] of linksOf(inputs)) {
      const roles = consumers.get(source) ?? new Set();
      consumers.set(source, roles.add(`${class_type}.${name}`));
    }
  }
  const groups = new Map<string, Traits[]>();
  for (const id of Object.keys(workflow).sort(compareIds)) {
    const node = workflow[id]!;
    const roles = new Set([...(consumers.get(id) ?? []), ...sourcesOf(workflow, node)]);
    const title = typeof node._meta?.title === 'string' ? node._meta.title : undefined;
    const group = groups.get(node.class_type) ?? [];
    group.push({ id, title, literals: literalsOf(node), roles });
    groups.set(node.class_type, group);
  }
  return groups;
}

function sourcesOf(workflow: Workflow, node: WorkflowNode): string[] {
  return linksOf(node.inputs).map(([name, [source, slot]]) => {
    const from = hasNode(workflow, source) ? workflow[source]!.class_type : 'nowhere';
    return `${name}<${from}.${slot}`;
  });
}

function literalsOf(node: WorkflowNode): Set<string> {
  const literals = Object.entries(node.inputs).filter(([, value]) => !isLink(value));
  return new Set(literals.map(([name, value]) => `${name}=${canonicalValue(value)}`));
}

/** Neighbours count more than literals, since values are what people change; the id only breaks ties. */
function likeness(a: Traits, b: Traits): number {
  const shared = (left: Set<string>, right: Set<string>) =>
    (2 * [...left].filter((one) => right.has(one)).length + 1) / (left.size + right.size + 1);
  const titled = a.title !== undefined && a.title === b.title ? 1 : 0;
  return (
    3 * shared(a.roles, b.roles) +
    2 * shared(a.literals, b.literals) +
    titled +
    (a.id === b.id ? 0.5 : 0)
  );
}
