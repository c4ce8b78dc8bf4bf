import type { BriefParts, Flow } from '../spec/index.ts';
import type { FlowReason } from './flow-check.ts';

/** Whether a text of the flow names a second subject, which can't be drawn where there is none. */
function namesSecond({ slots }: Flow): boolean {
  return [...slots.prompt, ...slots.negative].some(({ template }) =>
    template?.includes('{second}'),
  );
}

/** Why a flow does not fit what a prompt asks for. */
export function briefReasons(flow: Flow, parts: BriefParts): FlowReason[] {
  const { needs } = flow;
  const reasons: FlowReason[] = [];
  if (flow.slots.prompt.length === 0) {
    reasons.push({ code: 'no-prompt-slot', message: 'no input of the graph takes the prompt' });
  }
  const found = parts.subjects.length;
  if (needs.subjects !== undefined && found !== needs.subjects) {
    reasons.push({
      code: 'subjects',
      message: `is for ${needs.subjects} subjects; the prompt has ${found}`,
    });
  } else if (found < 2 && namesSecond(flow)) {
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
