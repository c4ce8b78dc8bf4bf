import type { InputValue, NodeCatalogue, Warning, Workflow } from '../spec/index.ts';
import { isObject } from '../util/is-object.ts';
import { own } from './json-shape.ts';
import { modelFolder } from './model-folders.ts';
import { declaredInputs, listedOptions } from './validate/declared-inputs.ts';

/** What a server lists, as far as it is known. */
export interface Listed {
  catalogue: NodeCatalogue | null;
  models: { [folder: string]: readonly string[] };
}

/** A file's name with the slashes of one system. */
export const slashes = (file: string): string => file.replaceAll('\\', '/');

/**
 * Writes names of files as the server lists them, in place: one that was exported on Windows says `style\ink`, and
 * a server takes its own spelling alone. Names that the server doesn't list in either form stay. Each change is a
 * warning, `name-respelled`.
 */
export function respellNames(workflow: Workflow, { catalogue, models }: Listed): Warning[] {
  const warnings: Warning[] = [];
  const everywhere = Object.values(models).flat();
  for (const [nodeId, { class_type, inputs }] of Object.entries(workflow)) {
    const declared = declaredInputs(own(catalogue, class_type), inputs);
    const change = (value: InputValue, input: string, names: readonly string[]): InputValue => {
      if (Array.isArray(value)) return value;
      if (isObject(value)) {
        const entries = Object.entries(value as { [key: string]: InputValue });
        return Object.fromEntries(entries.map(([key, one]) => [key, change(one, input, names)]));
      }
      if (typeof value !== 'string' || !/[\\/]/.test(value) || names.includes(value)) return value;
      const listed = names.find((name) => slashes(name) === slashes(value));
      if (listed === undefined) return value;
      const message = `Node ${nodeId} (${class_type}).${input}: "${value}" was written as "${listed}", as the server has it.`;
      warnings.push({ code: 'name-respelled', message });
      return listed;
    };
    for (const [input, value] of Object.entries(inputs)) {
      const spec = declared.get(input);
      const folder = modelFolder(class_type, input);
      const files = folder === undefined ? undefined : own(models, folder);
      // What a class of a node pack takes undeclared may be a file of any folder.
      const names = [
        ...((files as string[]) ?? []),
        ...(spec ? (listedOptions(spec) ?? []) : everywhere),
      ];
      inputs[input] = change(
        value,
        input,
        names.filter((name) => typeof name === 'string'),
      );
    }
  }
  return warnings;
}
