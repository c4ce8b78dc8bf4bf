import { wantedSize } from '../library/wanted-size.ts';
import type { Brief, Slots, Workflow } from '../spec/index.ts';
import { type BindOptions, type BoundWorkflow, bindWorkflow } from './bind.ts';
import { bindInputs, readInputGraph } from './bind-inputs.ts';

/**
 * Fills a workflow with a brief: texts through their templates, one seed for every sampler, size and
 * batch. Prompts are written as they are, so ComfyUI's weight syntax `(word:1.2)` works. What the brief asks
 * for and the graph has no slot for is a warning: `negative-ignored`, `seed-ignored`, `size-ignored`,
 * `count-ignored`; a size that the latent node can't hold is rounded, with `size-rounded`, and one that did not
 * follow the picture's stays, with `size-kept`; a seed above what a class takes is wrapped, with `seed-wrapped`; a
 * batch that holds a film's frames, or that no count replaces, stays, with `count-kept`; texts that differ from the
 * prompt's stay, with `texts-kept`. A placeholder such as `%width%` that the brief gives nothing for becomes 1024, with
 * `size-defaulted`, and one for the negative the empty text. Pictures are written by name, a mask so that white is
 * painted anew; a strength that nothing takes is `strength-ignored`.
 * A ratio or a longest side becomes a width and a height.
 * `inputs` go by name or as `node.input`, held to what the catalogue declares: `input-rounded` between two steps,
 * `input-over-slot` where one takes the place of a slot's value, `input-ignored` for an optional one that can't be set.
 *
 * @throws MISSING_SLOT where the graph takes no prompt or no such picture, or has no such input; INVALID_BRIEF for sizes
 * and inputs out of range or a missing second subject.
 */
export function bindBrief(
  workflow: Workflow,
  slots: Slots,
  brief: Brief,
  options: BindOptions = {},
): BoundWorkflow {
  const graph = { workflow, slots, defaults: options.defaults ?? {}, baseModel: null };
  const sized = { ...brief, ...wantedSize(graph, brief, options.catalogue) };
  const bound = bindWorkflow(workflow, slots, sized, options);
  if (brief.inputs === undefined) return bound;
  const inputs = readInputGraph(workflow, slots, options);
  const warnings = bindInputs(inputs, bound.workflow, sized);
  return { ...bound, warnings: [...bound.warnings, ...warnings] };
}
