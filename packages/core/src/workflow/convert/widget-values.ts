import { isObject } from '../../util/is-object.ts';
import { own } from '../json-shape.ts';
import {
  type ClassInput,
  classInputs,
  DYNAMIC_COMBO,
  isWidget,
  optionInputs,
} from './class-inputs.ts';
import type { Conversion } from './conversion.ts';
import type { UiNode } from './types.ts';

/** What a node's `widgets_values` hold. */
export interface WidgetValues {
  /** By input name; what the file leaves out is absent. */
  values: Map<string, unknown>;
  /** Values that belong to no widget of the class: by name, or by place as `#5`. */
  extra: Map<string, unknown>;
}

/** A place in `widgets_values`: a widget's, or one that the editor adds behind it and never sends. */
type Slot = { kind: 'widget'; input: ClassInput } | { kind: 'control' | 'filter' | 'upload' };

const CONTROLS = new Set(['fixed', 'increment', 'decrement', 'randomize', 'increment-wrap']);
const UPLOADS = ['image_upload', 'audio_upload', 'video_upload', 'file_upload'];
/** What the editor keeps for its own eyes in object-form values. */
const PREVIEWS = new Set(['videopreview', 'preview']);
const MAX_NESTING = 8;

/** Names the values of a node by the widgets of its class. */
export function readWidgetValues(
  info: unknown,
  node: UiNode,
  conversion: Pick<Conversion, 'givenTypes'>,
): WidgetValues {
  const inputs = classInputs(own(info, 'input'), own(info, 'input_order'));
  const slots = (list: ClassInput[]) =>
    slotsOf(list.filter((input) => isWidget(input, node, conversion)));
  if (isObject(node.values)) return readNamed(slots(inputs), node.values, slots);
  return readListed(slots(inputs), Array.isArray(node.values) ? node.values : [], slots);
}

function slotsOf(inputs: readonly ClassInput[]): Slot[] {
  const slots = inputs.flatMap((input): Slot[] => {
    const widget: Slot = { kind: 'widget', input };
    const controlled = Boolean(input.options['control_after_generate']);
    const isSeed = /(^|\.)(noise_)?seed$/.test(input.name);
    if (input.type === 'INT' && (controlled || isSeed)) return [widget, { kind: 'control' }];
    if (input.type === 'COMBO' && controlled) {
      return [widget, { kind: 'control' }, { kind: 'filter' }];
    }
    return [widget];
  });
  // The upload button stands behind the last required widget.
  const uploads = inputs.some(({ options }) => UPLOADS.some((flag) => options[flag] === true));
  if (!uploads) return slots;
  const end = slots.findIndex((slot) => slot.kind === 'widget' && !slot.input.required);
  return slots.toSpliced(end < 0 ? slots.length : end, 0, { kind: 'upload' });
}

function readNamed(
  slots: readonly Slot[],
  named: Record<string, unknown>,
  open: (inputs: ClassInput[]) => Slot[],
): WidgetValues {
  const values = new Map<string, unknown>();
  function read(list: readonly Slot[], depth: number): void {
    for (const slot of list) {
      if (slot.kind !== 'widget') continue;
      const value = own(named, slot.input.name);
      if (value !== undefined && value !== null) values.set(slot.input.name, value);
      if (slot.input.type === DYNAMIC_COMBO && depth < MAX_NESTING) {
        read(open(optionInputs(slot.input, value)), depth + 1);
      }
    }
  }
  read(slots, 0);
  const rest = Object.entries(named).filter(([name]) => !values.has(name) && !PREVIEWS.has(name));
  return { values, extra: new Map(rest.filter(([, value]) => !isEmpty(value))) };
}

function readListed(
  slots: readonly Slot[],
  listed: readonly unknown[],
  open: (inputs: ClassInput[]) => Slot[],
): WidgetValues {
  const values = new Map<string, unknown>();
  let index = 0;
  let left = slots.length;
  /** How many values there are beyond one for each slot that is left. */
  const surplus = () => listed.length - index - left;

  function read(list: readonly Slot[], depth: number): void {
    for (const [place, slot] of list.entries()) {
      if (slot.kind === 'widget') {
        readWidget(slot.input, list[place + 1], depth);
      } else {
        if (skips(slot.kind, listed[index], surplus())) index += 1;
        left -= 1;
      }
    }
  }

  function readWidget(input: ClassInput, next: Slot | undefined, depth: number): void {
    // The editor leaves holes for what it draws only, such as buttons.
    while (surplus() > 0 && isHole(listed[index])) index += 1;
    const value = listed[index];
    index += 1;
    left -= 1;
    if (!isHole(value)) values.set(input.name, value);
    if (input.type === DYNAMIC_COMBO && depth < MAX_NESTING) {
      const inner = open(optionInputs(input, value));
      left += inner.length;
      read(inner, depth + 1);
    }
    if (input.type === 'BOUNDING_BOX') skipFields(4);
    if (surplus() > 0 && isStrayControl(input, listed[index], next)) index += 1;
  }

  /** A box has a field for each of its numbers, and the editor keeps those behind it once more. */
  function skipFields(count: number): void {
    for (let field = 0; field < count; field += 1) {
      if (surplus() > 0 && typeof listed[index] === 'number') index += 1;
    }
  }

  read(slots, 0);
  const rest = [...listed.entries()].slice(index).filter(([, value]) => !isEmpty(value));
  return { values, extra: new Map(rest.map(([at, value]) => [`#${at}`, value])) };
}

/** Whether a value is what the editor keeps in a slot of its own; files of other tools have no such slots. */
function skips(kind: 'control' | 'filter' | 'upload', value: unknown, surplus: number): boolean {
  if (kind === 'control') {
    // In the first files, of 2023, it was a boolean.
    return isControl(value) || (surplus >= 0 && (isHole(value) || typeof value === 'boolean'));
  }
  return surplus >= 0 && (typeof value === 'string' || isHole(value));
}

/** Classes of paid services have seeds of other names, which `object_info` doesn't mark. */
function isStrayControl(input: ClassInput, value: unknown, next: Slot | undefined): boolean {
  if (input.type !== 'INT' || !isControl(value) || next?.kind === 'control') return false;
  const options = next?.kind === 'widget' ? next.input.options['options'] : undefined;
  return !(Array.isArray(options) && options.includes(value));
}

/** Whether a value says what the editor does to a seed after each run. */
export const isControl = (value: unknown) => typeof value === 'string' && CONTROLS.has(value);
const isHole = (value: unknown) => value === null || value === undefined;
const isEmpty = (value: unknown) => isHole(value) || value === '';
