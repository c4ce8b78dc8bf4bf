import type { Link, SlotRef, Workflow } from '../../spec/index.ts';
import { hasNode, isLink, linksOf } from '../links.ts';
import { ENCODERS, PAIRED, PRIMITIVES, TEXT_JOINS, ZEROING } from './node-facts.ts';

/** The text inputs that end up in a conditioning link, in the order in which they are met. */
export function traceText(workflow: Workflow, link: Link, seen = new Set<string>()): SlotRef[] {
  const [id, output] = link;
  const key = `${id}:${output}`;
  if (!hasNode(workflow, id) || seen.has(key)) return [];
  seen.add(key);
  const node = workflow[id]!;
  const texts = ENCODERS[node.class_type];
  if (texts) return texts.flatMap((input) => textSlot(workflow, id, input, seen));
  if (ZEROING.has(node.class_type)) return [];
  // ControlNetApplyAdvanced and its kind pass positive and negative through, each on its own output.
  const paired = PAIRED.every((name) => isLink(node.inputs[name]));
  if (paired) return traceText(workflow, node.inputs[PAIRED[output === 1 ? 1 : 0]] as Link, seen);
  return linksOf(node.inputs)
    .filter(([name]) => /cond|positive/i.test(name))
    .flatMap(([, next]) => traceText(workflow, next, seen));
}

/** Where a text input's words are written: there, or in the primitive that feeds it. */
function textSlot(workflow: Workflow, id: string, input: string, seen: Set<string>): SlotRef[] {
  const value = workflow[id]?.inputs[input];
  if (typeof value === 'string') return [{ node: id, input }];
  if (!isLink(value) || !hasNode(workflow, value[0])) return [];
  const source = value[0];
  const key = `text:${source}`;
  if (seen.has(key)) return [];
  seen.add(key);
  const { class_type } = workflow[source]!;
  const held = PRIMITIVES[class_type];
  if (held) return textSlot(workflow, source, held, seen);
  // Of joined texts only the first that is written down is the prompt; the others are fixed style.
  for (const name of TEXT_JOINS[class_type] ?? []) {
    const found = textSlot(workflow, source, name, seen);
    if (found.length > 0) return found;
  }
  return [];
}
