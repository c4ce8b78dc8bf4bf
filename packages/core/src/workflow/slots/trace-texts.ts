import type { InputValue, SlotRef, Workflow } from '../../spec/index.ts';
import { hasNode, isLink } from '../graph.ts';
import {
  isBundle,
  isConditioning,
  isMinor,
  isOtherLink,
  isPicture,
  isSetting,
  isText,
  type Side,
  sideOf,
} from './input-names.ts';
import { isPlaceholder, templateOf } from './placeholders.ts';

/** A text that a sampler is told. */
export interface FoundText {
  slot: SlotRef;
  value: string;
  /** The node that encodes it. */
  encoder: string;
  /** Which text of that encoder it becomes, alone or joined with others. */
  branch: string;
  /** How far it is from being the prompt: 0 is the likeliest. */
  rank: number;
}

interface Visit {
  id: string;
  /** Whether an input on the way was for this side alone; before that, a link may carry both. */
  told: boolean;
  /** Counts for a part of the picture or of the run only. */
  apart: boolean;
  /** The text that is being followed, once the way has passed its encoder. */
  at?: Pick<FoundText, 'encoder' | 'branch'>;
}

/**
 * The texts that a node is told on one side, in the order in which they are met: back through conditionings,
 * pipes and switches to text encoders, from there through joins to where the words are written. Sides are told by
 * the names of the inputs on the way, never by the numbers of outputs.
 */
export function traceTexts(workflow: Workflow, start: string, side: Side): FoundText[] {
  const found: FoundText[] = [];
  const seen = new Set<string>();
  // A stack of its own: a chain may be longer than the engine's stack is deep.
  const stack: Visit[] = [{ id: start, told: false, apart: false }];
  for (let visit = stack.pop(); visit !== undefined; visit = stack.pop()) {
    const { id, told, apart, at } = visit;
    const key = JSON.stringify([id, told, apart, at?.branch]);
    if (seen.has(key)) continue;
    seen.add(key);
    const node = workflow[id]!;
    // What an emptied conditioning was told reaches no sampler.
    if (/zero_?out/i.test(node.class_type)) continue;
    const { names, isEncoding, ...step } = stepBack(workflow, visit, side);
    const isJoin = names.filter((name) => isLink(node.inputs[name])).length > 0;
    const next: Visit[] = [];
    for (const name of names) {
      const value = node.inputs[name] as InputValue;
      const isWords = typeof value === 'string';
      const here =
        at ?? (isEncoding || isWords ? { encoder: id, branch: `${id}.${name}` } : undefined);
      if (isLink(value)) {
        next.push({
          id: value[0],
          told: told || step.told,
          apart: apart || step.apart,
          ...(here && { at: here }),
        });
      } else if (isWords && here !== undefined) {
        const labels = [name, node.class_type, String(node._meta?.title ?? '')];
        const isAside = isJoin || labels.some(isMinor);
        const isTitled = at !== undefined && isPromptTitle(node._meta?.title);
        const rank = isPlaceholder(value, side)
          ? 0
          : (isTitled ? 0.5 : 1) + (isAside ? 1 : 0) + (apart ? 2 : 0) + (step.isSpare ? SPARE : 0);
        // A wildcard node keeps what it last drew; both are the same text.
        const drawn = name === 'populated_text' ? node.inputs['wildcard_text'] : undefined;
        const words = typeof drawn === 'string' ? drawn : value;
        const template = templateOf(value, side);
        const slot = { node: id, input: name, ...(template !== undefined && { template }) };
        found.push({ slot, value: words, ...here, rank });
      }
    }
    stack.push(...next.reverse());
  }
  const sure = found.filter(({ rank }) => rank < SPARE);
  return sure.length > 0 ? sure : found;
}

/** More than all that is told against any other text. */
const SPARE = 5;

const isPromptTitle = (title: unknown): boolean =>
  typeof title === 'string' && /prompt|positive|subject/i.test(title);

interface Step {
  names: string[];
  told: boolean;
  apart: boolean;
  /** Whether these inputs are the texts of an encoder. */
  isEncoding: boolean;
  /** Whether a text here counts only where no link leads to another. */
  isSpare?: boolean;
}

/** The inputs of a node through which the words come, or in which they stand. */
function stepBack(workflow: Workflow, { id, told, at }: Visit, side: Side): Step {
  const { inputs } = workflow[id]!;
  const isWords = (name: string) => typeof inputs[name] === 'string';
  const open = Object.keys(inputs).filter((name) => {
    const value = inputs[name];
    if (isLink(value)) return hasNode(workflow, value[0]) && !isOtherLink(name);
    return typeof value === 'string' && !isSetting(name) && !/^(true|false)$/i.test(value);
  });
  const step = (names: string[], more: Partial<Step> = {}): Step => ({
    ...{ names: chosen(inputs, names), told: false, apart: false, isEncoding: false },
    ...more,
  });

  const mine = open.filter((name) => sideOf(name) === side);
  if (mine.length > 0) {
    const isEncoding =
      mine.some(isText) || open.some((name) => sideOf(name) !== undefined && isWords(name));
    return step(mine, { told: true, isEncoding });
  }
  const shared = open.filter((name) => sideOf(name) === undefined);
  const links = shared.filter((name) => !isWords(name));
  const sure = side === 'positive' || told;
  const conditionings = at ? [] : links.filter(isConditioning);
  if (sure && conditionings.length > 0) {
    const bounds = ['x', 'y', 'width', 'mask', 'start', 'end'];
    return step(conditionings, { apart: bounds.some((name) => Object.hasOwn(inputs, name)) });
  }
  const bundles = links.filter(isBundle);
  if (bundles.length > 0) return step(bundles);
  const rest = links.filter((name) => !conditionings.includes(name));
  if (!sure) return step(rest);
  const texts = shared.filter((name) => isText(name) && !isEcho(name, links));
  // What looks at a picture and gives a text describes it: its own words are the question.
  const looks = at && Object.keys(inputs).some((name) => isPicture(name) && isLink(inputs[name]));
  if (looks) return step(texts.filter((name) => !isWords(name)));
  // A text node may be fed by links of any name, and then what it holds is a part or an echo of the text.
  if (texts.length > 0)
    return step(at ? [...new Set([...texts, ...rest])] : texts, { isEncoding: true });
  const sole = soleText(inputs, shared.filter(isWords));
  return step([...rest, ...sole], { isSpare: rest.length > 0 });
}

/** Nodes that show a text keep the last one in inputs of their own: `text_0` beside the link `text`. */
const isEcho = (name: string, links: readonly string[]): boolean =>
  links.some((link) => name !== link && name.replace(/_?\d+$/, '') === link);

/** Which of a class that nobody knows is its text: the only string, or the only one of several words. */
function soleText(inputs: { [name: string]: InputValue }, names: string[]): string[] {
  const all = names.filter((name) => !/\.\w{2,11}$/.test(inputs[name] as string));
  if (all.length < 2) return all;
  const sentences = all.filter((name) => /\s/.test(inputs[name] as string));
  return sentences.length === 1 ? sentences : [];
}

/** The inputs that a switch with a setting of its own lets through; all of them where there is none. */
function chosen(inputs: { [name: string]: InputValue }, names: string[]): string[] {
  if (names.length < 2) return names;
  const settings = Object.entries(inputs).filter(([name]) =>
    /^(select\w*|index|input|switch|boolean|condition|choice)$/i.test(name),
  );
  for (const [, value] of settings) {
    const wanted =
      typeof value === 'number'
        ? new RegExp(`(\\D|^)0*${value}$`)
        : value === true
          ? /(^|_)(on_)?true$/i
          : value === false
            ? /(^|_)(on_)?false$/i
            : undefined;
    const one = wanted && names.filter((name) => wanted.test(name));
    if (one?.length === 1) return one;
  }
  return names;
}
