import type { Brief, BriefParts, Flow, Slots } from '../spec/index.ts';
import { namesPart } from '../workflow/fill-template.ts';
import type { FlowReason } from './flow-check.ts';

const templatesOf = ({ prompt, negative }: Slots) =>
  [...prompt, ...negative].flatMap(({ template }) => template ?? []);

/** Whether a text of these slots names a part of the prompt. */
export const slotsNamePart = (slots: Slots): boolean => templatesOf(slots).some(namesPart);

/** Whether the prompt has to be split into parts for this flow: it states needs, or a text of it names a part. */
export function readsParts(flow: Flow): boolean {
  return Object.values(flow.needs).some((need) => need !== undefined) || slotsNamePart(flow.slots);
}

/** Why a flow does not fit what a prompt asks for, and what can't be told since the brief has no parts. */
export function checkBrief(
  flow: Flow,
  { parts }: Brief,
): { reasons: FlowReason[]; unknown: string[] } {
  const reasons: FlowReason[] = [];
  if (flow.slots.prompt.length === 0) {
    reasons.push({ code: 'no-prompt-slot', message: 'no input of the graph takes the prompt' });
  }
  if (parts !== undefined) reasons.push(...partReasons(flow, parts));
  const unread = parts === undefined && readsParts(flow);
  return { reasons, unknown: unread ? ['the prompt was not split into its parts'] : [] };
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
