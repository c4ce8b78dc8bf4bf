import { isObject } from 'comfygen/plugin';
import type { NodeInfo } from 'comfygen/workflow';
import { pythonEquals } from '../python-values.ts';

/** An input that a class takes, as a server sees it for the values that a node has. */
export interface TakenInput {
  name: string;
  isRequired: boolean;
  type: unknown;
  config: Record<string, unknown>;
  /** The name that a message about its absence says. */
  shown: string;
}

type Section = 'required' | 'optional';
type Values = Record<string, unknown>;

/**
 * The inputs of a class for a node’s values: those that open up by a key (`resize_type.width`) or grow
 * (`images.image0`) are in it under their dotted names, as are those in them.
 */
export function expandInputs(info: NodeInfo, values: Values): TakenInput[] {
  const found = new Map<string, TakenInput>();
  let isDynamic = false;

  const add = (name: string, section: Section, spec: unknown) => {
    const [type, config] = Array.isArray(spec) ? spec : [];
    const isRequired = section === 'required';
    found.set(name, {
      name,
      isRequired,
      type,
      config: isObject(config) ? config : {},
      shown: name,
    });
  };
  const walk = (sections: unknown, prefix: string) => {
    for (const section of ['required', 'optional'] as const) {
      const specs = isObject(sections) ? sections[section] : undefined;
      for (const [id, spec] of Object.entries(isObject(specs) ? specs : {}))
        open(prefix + id, section, spec, prefix !== '');
    }
  };
  const open = (name: string, section: Section, spec: unknown, isInner: boolean) => {
    const [type, config] = Array.isArray(spec) ? spec : [];
    const inside = isObject(config) ? config : {};
    const isThere = Object.hasOwn(values, name);
    if (type === 'COMFY_AUTOGROW_V3') {
      isDynamic = true;
      for (const member of grown(inside['template']))
        add(`${name}.${member.id}`, member.section, member.spec);
    } else if (type === 'COMFY_DYNAMICCOMBO_V3') {
      const options = Array.isArray(inside['options']) ? inside['options'] : [];
      const chosen = options.find((option) => isThere && pythonEquals(option?.key, values[name]));
      // Without a key, or with one that is none of its own, it is as if the class had no such input.
      if (chosen === undefined) return;
      isDynamic = true;
      walk(chosen.inputs, `${name}.`);
      add(name, section, spec);
    } else if (type === 'COMFY_DYNAMICSLOT_V3') {
      if (!isThere) return;
      isDynamic = true;
      walk(inside['inputs'], `${name}.`);
      add(name, section, spec);
    } else {
      isDynamic ||= isInner;
      add(name, section, spec);
    }
  };

  walk(info.input, '');
  const all = [...found.values()];
  if (!isDynamic) return all;
  return all.map((input) => ({ ...input, shown: input.name.split('.').at(-1) ?? '' }));
}

/** The members of an input that grows; those below its least number are required. */
function grown(template: unknown): { id: string; section: Section; spec: unknown }[] {
  const { input, names, prefix, min, max } = isObject(template) ? template : {};
  const sections = Object.entries(isObject(input) ? input : {});
  const [kind, specs] =
    sections.find(([, one]) => isObject(one) && Object.keys(one).length > 0) ?? [];
  const spec = isObject(specs) ? Object.values(specs)[0] : undefined;
  const ids = Array.isArray(names)
    ? names.map(String)
    : Array.from({ length: Number(max ?? 0) }, (_, place) => `${prefix}${place}`);
  return ids.map((id, place) => {
    const isRequired = kind === 'required' && place < Number(min ?? 0);
    return { id, section: isRequired ? 'required' : 'optional', spec };
  });
}
