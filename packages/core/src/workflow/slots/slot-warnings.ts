import type { SlotRef, Slots, Warning, Workflow } from '../../spec/index.ts';
import { compareIds, hasNode } from '../graph.ts';
import { findSlots } from './find-slots.ts';
import { isSetting, isText, sideOf } from './input-names.ts';
import { type GraphTexts, readTexts } from './read-texts.ts';

const SETTLE = 'flow.json, or NAME.flow.json beside NAME.json,';

/** What is in doubt about a workflow's slots, with the texts that it is about. */
export interface SlotWarning extends Warning {
  code: 'no-prompt-slot' | 'texts-kept';
  details: { slot: 'prompt' | 'negative'; texts: SlotRef[] };
}

/**
 * What can't be told for sure of a workflow's slots: `no-prompt-slot` where no input takes the prompt, with the texts
 * that it could be, and `texts-kept` where texts that differ from the prompt's (or from the negative's) are told
 * beside it and stay as they are. Slots that somebody stated, with a template or other than the found ones, are sure.
 *
 * @throws INVALID_WORKFLOW for a graph with a node that has no class or no inputs.
 */
export function slotWarnings(
  workflow: Workflow,
  slots: Slots = findSlots(workflow),
): SlotWarning[] {
  if (slots.prompt.length === 0) {
    const texts = candidates(workflow);
    const which = texts.length === 0 ? 'It has no text' : `It has ${listed(workflow, texts)}`;
    const message = `No input of this workflow takes the prompt. ${which}. ${SETTLE} can name one under slots.prompt.`;
    return [{ code: 'no-prompt-slot', message, details: { slot: 'prompt', texts } }];
  }
  const texts = readTexts(workflow);
  return (['prompt', 'negative'] as const).flatMap((side): SlotWarning[] => {
    const kept = texts.kept[side];
    if (kept.length === 0 || !isFound(slots, texts, side)) return [];
    const message = `Only ${placesOf(slots[side])} takes the ${side}. What is told beside it stays: ${listed(workflow, kept)}. ${SETTLE} can name others under slots.${side}.`;
    return [{ code: 'texts-kept', message, details: { slot: side, texts: kept } }];
  });
}

/** Whether a flow's slots are those that reading finds, and nobody's choice. */
function isFound(slots: Slots, texts: GraphTexts, side: 'prompt' | 'negative'): boolean {
  const keys = (refs: SlotRef[]) =>
    JSON.stringify(refs.map(({ node, input, template }) => [node, input, template]));
  return keys(slots[side]) === keys(texts[side]);
}

/** Every text of a graph that a prompt could be. */
function candidates(workflow: Workflow): SlotRef[] {
  return Object.keys(workflow)
    .sort(compareIds)
    .flatMap((node) =>
      Object.entries(workflow[node]!.inputs)
        .filter(([name, value]) => {
          const isWords = isText(name) || sideOf(name) !== undefined || /\s/.test(String(value));
          return typeof value === 'string' && isWords && !isSetting(name);
        })
        .map(([input]) => ({ node, input })),
    );
}

const MOST = 6;
const placesOf = (refs: SlotRef[]): string =>
  refs.map(({ node, input }) => `${node}.${input}`).join(', ');

/** `31.text of CLIPTextEncode ("a moon"), …`. */
function listed(workflow: Workflow, refs: SlotRef[]): string {
  const shown = refs.slice(0, MOST).map(({ node, input }) => {
    const value = hasNode(workflow, node) ? String(workflow[node]!.inputs[input]) : '';
    const words = value.length > 50 ? `${value.slice(0, 50).trimEnd()}…` : value;
    return `${node}.${input} of ${workflow[node]?.class_type} (${JSON.stringify(words)})`;
  });
  return [...shown, ...(refs.length > MOST ? [`${refs.length - MOST} more`] : [])].join(', ');
}
