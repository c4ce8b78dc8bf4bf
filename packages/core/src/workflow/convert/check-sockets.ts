import type { Workflow } from '../../spec/index.ts';
import { findOutputNodes, invalid, reachableNodes } from '../graph.ts';
import { own } from '../json-shape.ts';
import { declaredInputs } from '../validate/declared-inputs.ts';
import { type Conversion, warn } from './conversion.ts';

/**
 * Says each required input that nothing feeds: the server leaves out every output that depends on it.
 *
 * @throws INVALID_WORKFLOW where that is every output, with the inputs and what became of their links.
 */
export function checkSockets(conversion: Conversion, workflow: Workflow): void {
  const { catalogue, warnings } = conversion;
  // What has a warning already, why its link is gone or that it has no value, is not said twice.
  const said = new Map(
    warnings
      .filter(({ code }) => code === 'link-dropped' || code === 'value-missing')
      .map(({ message, details }) => [
        `${own(details, 'nodeId')}.${own(details, 'input')}`,
        message,
      ]),
  );
  const open = new Map<string, string[]>();
  for (const [nodeId, { class_type: classType, inputs }] of Object.entries(workflow)) {
    for (const { name, required } of declaredInputs(own(catalogue, classType), inputs).values()) {
      if (!required || Object.hasOwn(inputs, name)) continue;
      if (!said.has(`${nodeId}.${name}`)) {
        const what = 'nothing is linked to this input, which it needs';
        warn(conversion, 'link-missing', { nodeId, classType, input: name }, what);
      }
      const reason = said.get(`${nodeId}.${name}`) ?? warnings.at(-1)!.message;
      open.set(nodeId, [...(open.get(nodeId) ?? []), reason]);
    }
  }
  const outputs = findOutputNodes(workflow, catalogue);
  const isBroken = (output: string) =>
    [...reachableNodes(workflow, [output])].some((id) => open.has(id));
  if (open.size === 0 || !outputs.every(isBroken)) return;
  const [nodeId] = open.keys();
  const reasons = [...open.values()].flat();
  const more = reasons.length > 5 ? ` And ${reasons.length - 5} more` : '';
  throw invalid(`No output can run: ${reasons.slice(0, 5).join(' ')}${more}`.replace(/\.$/, ''), {
    nodeId,
  });
}
