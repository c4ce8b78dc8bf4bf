import type { NodeCatalogue } from '../../spec/index.ts';
import { isObject } from '../../util/is-object.ts';
import { own } from '../json-shape.ts';
import type { Conversion } from './conversion.ts';
import type { UiNode } from './types.ts';

/** An input as a class describes it. */
export interface ClassInput {
  /** With the names of the dynamic lists that it belongs to: `resize_type.width`. */
  name: string;
  required: boolean;
  /** `COMBO` for a list in either spelling. */
  type: string;
  options: Record<string, unknown>;
}

export const DYNAMIC_COMBO = 'COMFY_DYNAMICCOMBO_V3';

const BASIC = new Set(['INT', 'FLOAT', 'STRING', 'BOOLEAN', 'COMBO', DYNAMIC_COMBO]);

/** Widgets of the editor that declare no default, so nothing else tells them from sockets. */
const SPECIAL = new Set(['LOAD_3D', 'LOAD_3D_ANIMATION', 'WEBCAM', 'AUDIO_RECORD', 'IMAGECOMPARE']);

/** The required, then the optional inputs of a class or of an option, in the order in which they are shown. */
export function classInputs(sections: unknown, order?: unknown, prefix = ''): ClassInput[] {
  return ['required', 'optional'].flatMap((section) => {
    const specs = own(sections, section);
    if (!isObject(specs)) return [];
    const listed = own(order, section);
    const names = new Set<string>(
      Array.isArray(listed)
        ? listed.filter((name) => typeof name === 'string' && Object.hasOwn(specs, name))
        : [],
    );
    return [...names, ...Object.keys(specs).filter((name) => !names.has(name))].map((name) =>
      describe(prefix + name, specs[name], section === 'required'),
    );
  });
}

function describe(name: string, spec: unknown, required: boolean): ClassInput {
  const [type, given] = Array.isArray(spec) ? (spec as unknown[]) : [spec];
  const options = isObject(given) ? given : {};
  const asked = options['widgetType'];
  if (Array.isArray(type)) {
    return { name, required, type: 'COMBO', options: { ...options, options: type } };
  }
  const written = typeof asked === 'string' ? asked : type;
  return { name, required, type: typeof written === 'string' ? written : '', options };
}

/** Whether an input has a widget, and so a place in `widgets_values`; the others are sockets. */
export function isWidget(
  { name, type, options }: ClassInput,
  { inputs }: Pick<UiNode, 'inputs'>,
  { givenTypes }: Pick<Conversion, 'givenTypes'>,
): boolean {
  if (options['forceInput'] === true || options['defaultInput'] === true) return false;
  if (BASIC.has(type) || options['socketless'] === true || SPECIAL.has(type)) return true;
  if (type === '' || type === '*' || type.includes(',') || type.startsWith('COMFY_')) return false;
  if (inputs.some((input) => input.widget === name)) return true;
  return options['default'] !== undefined && !givenTypes.has(type);
}

/** The inputs of the option that a dynamic list's value names. */
export function optionInputs({ name, options }: ClassInput, key: unknown): ClassInput[] {
  const listed = options['options'];
  const option = Array.isArray(listed)
    ? listed.find((one) => own(one, 'key') === key && key !== undefined)
    : undefined;
  return classInputs(own(option, 'inputs'), undefined, `${name}.`);
}

/** Every type that some class outputs. */
export function givenTypes(catalogue: NodeCatalogue): Set<string> {
  return new Set(
    Object.values(catalogue).flatMap((info) => {
      const output = own(info, 'output');
      return Array.isArray(output) ? output.filter((type) => typeof type === 'string') : [];
    }),
  );
}
