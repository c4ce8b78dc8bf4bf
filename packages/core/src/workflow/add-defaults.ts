import type { InputValue, NodeCatalogue, Warning, Workflow } from '../spec/index.ts';
import { own } from './json-shape.ts';
import { modelFolder } from './model-folders.ts';
import {
  type DeclaredInput,
  declaredInputs,
  isDynamicCombo,
  listedOptions,
} from './validate/declared-inputs.ts';

/**
 * Adds what a class has come to require since a graph was exported, in place: an input that is absent gets the
 * default that the class declares, or the first choice of its list, as the editor would give it. A link, a text
 * without a default and a model file have none, and stay absent. Each addition is a warning, `input-defaulted`.
 */
export function addDefaults(workflow: Workflow, catalogue: NodeCatalogue): Warning[] {
  const warnings: Warning[] = [];
  for (const [nodeId, { class_type, inputs }] of Object.entries(workflow)) {
    const info = own(catalogue, class_type);
    const done = new Set<string>();
    // What a choice declares comes to light once it is made.
    for (let found = true; found; ) {
      found = false;
      for (const input of declaredInputs(info, inputs).values()) {
        const { name } = input;
        if (!input.required || Object.hasOwn(inputs, name) || done.has(name)) continue;
        done.add(name);
        const value = modelFolder(class_type, name) === undefined ? defaultOf(input) : undefined;
        if (value === undefined) continue;
        inputs[name] = value;
        found = true;
        const message = `Node ${nodeId} (${class_type}).${name}: the file has no value; the default, ${JSON.stringify(value)}, was written.`;
        warnings.push({ code: 'input-defaulted', message });
      }
    }
  }
  return warnings;
}

const isPlain = (value: unknown): value is InputValue =>
  ['string', 'number', 'bigint', 'boolean'].includes(typeof value);

function defaultOf(input: DeclaredInput): InputValue | undefined {
  const { options } = input;
  if (options['forceInput'] === true) return undefined;
  const keys = isDynamicCombo(input) && Array.isArray(options['options']) ? options['options'] : [];
  const listed = listedOptions(input) ?? keys.map((option) => own(option, 'key'));
  const value = options['default'] ?? listed[0];
  // A list of files on the server is a choice that nobody made.
  const isFile = typeof value === 'string' && options['default'] === undefined && FILE.test(value);
  return isPlain(value) && !isFile ? value : undefined;
}

const FILE = /\.\w{2,11}$/;
