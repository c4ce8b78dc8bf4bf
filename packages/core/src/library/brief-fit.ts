import type { BriefParts, Flow } from '../spec/index.ts';
import type { FlowReason } from './check-flow.ts';

/** How many subjects the texts of a flow name: 2 where a template says `{second}`. */
function subjectsNamed(flow: Flow): number {
  const templates = [...flow.slots.prompt, ...flow.slots.negative].map(
    (slot) => slot.template ?? '',
  );
  if (templates.some((template) => template.includes('{second}'))) return 2;
  return templates.some((template) => /\{(first|object)\}/.test(template)) ? 1 : 0;
}

/** Why a flow does not fit what a prompt asks for. */
export function briefReasons(flow: Flow, parts: BriefParts): FlowReason[] {
  const { needs } = flow;
  const reasons: FlowReason[] = [];
  if (flow.slots.prompt.length === 0) {
    reasons.push({ code: 'no-prompt-slot', message: 'no input of the graph takes the prompt' });
  }
  const found = parts.subjects.length;
  const named = subjectsNamed(flow);
  if (needs.subjects !== undefined && found !== needs.subjects) {
    reasons.push({
      code: 'subjects',
      message: `is for ${needs.subjects} subjects; the prompt has ${found}`,
    });
  } else if (found < named) {
    reasons.push({ code: 'subjects', message: `names ${named} subjects; the prompt has ${found}` });
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
