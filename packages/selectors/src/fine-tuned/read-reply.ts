import { ComfygenError } from 'comfygen/plugin';
import { findSlots, parseWorkflow } from 'comfygen/workflow';
import { readWorkflow, type SlottedWorkflow } from './notation/expand-workflow.ts';
import { noSlots } from './notation/placeholders.ts';

/** More than this of a reply is not read: no workflow of a library is near it. */
const MOST_CHARACTERS = 50_000;

/** What was found in a reply: a flow's id, a workflow, or nothing. */
export type ReadReply =
  | { kind: 'flow'; id: string; extra: boolean }
  /** `fault` tells why the workflow is not whole; `undefined` where it is. */
  | { kind: 'workflow'; graph: SlottedWorkflow; fault: string | undefined }
  | { kind: 'nothing' };

/** The flow's id or the workflow in a reply, also between other words or in a code fence. */
export function readReply(text: string, ids: readonly string[]): ReadReply {
  const whole = text.slice(0, MOST_CHARACTERS).trim();
  const id = idInJson(whole);
  if (id !== undefined) return { kind: 'flow', ...id };
  const body = withoutFence(whole);
  const graph = body.includes('"class_type"') ? graphInJson(body) : graphInNotation(body);
  if (graph !== undefined) {
    const cut = text.length > MOST_CHARACTERS ? 'the reply is too long' : undefined;
    return { kind: 'workflow', graph: graph.graph, fault: cut ?? graph.fault };
  }
  const bare = /^[`"']?([\w-]+)[`"'.]?$/.exec(whole)?.[1];
  if (bare !== undefined) return { kind: 'flow', id: bare, extra: false };
  const mentioned = ids.filter((one) => isMentioned(whole, one));
  return mentioned.length === 1
    ? { kind: 'flow', id: mentioned[0]!, extra: true }
    : { kind: 'nothing' };
}

function idInJson(text: string): { id: string; extra: boolean } | undefined {
  for (const match of text.matchAll(/\{[^{}]*\}/g)) {
    const value = parseObject(match[0]);
    if (typeof value['flow'] === 'string') {
      return { id: value['flow'], extra: match[0].length < text.length };
    }
  }
  return undefined;
}

function parseObject(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}

/** The content of the first code fence, which may be left open. */
const withoutFence = (text: string) =>
  /```\w*\n([\s\S]*?)(?:```|$)/.exec(text)?.[1]?.trim() ?? text;

function graphInNotation(
  text: string,
): { graph: SlottedWorkflow; fault: string | undefined } | undefined {
  // Words before the first node are no node; ids of nodes are numbers wherever people export.
  const start = text.search(/^[\d"]/m);
  if (start < 0) return undefined;
  const { workflow, slots, fault } = readWorkflow(text.slice(start));
  if (Object.keys(workflow).length === 0) return undefined;
  const isFilled = Object.values(slots).some((refs) => refs.length > 0);
  const graph = { workflow, slots: isFilled ? slots : findSlots(workflow) };
  return { graph, fault: fault?.message };
}

function graphInJson(text: string): { graph: SlottedWorkflow; fault: string | undefined } {
  try {
    const workflow = parseWorkflow(text.slice(text.indexOf('{'), text.lastIndexOf('}') + 1));
    return { graph: { workflow, slots: findSlots(workflow) }, fault: undefined };
  } catch (error) {
    if (!ComfygenError.is(error)) throw error;
    return { graph: { workflow: {}, slots: noSlots() }, fault: error.message };
  }
}

/** Whether an id stands in a text as a word of its own: `sdxl` is not in `sdxl-base`. */
function isMentioned(text: string, id: string): boolean {
  for (let at = text.indexOf(id); at >= 0; at = text.indexOf(id, at + 1)) {
    const around = [text.charAt(at - 1), text.charAt(at + id.length)];
    if (around.every((sign) => !/[\w-]/.test(sign))) return true;
  }
  return false;
}
