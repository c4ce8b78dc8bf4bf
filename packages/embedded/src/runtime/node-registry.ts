import type { NodeCatalogue, NodeInfo } from 'comfygen/plugin';
import { ComfygenError } from 'comfygen/plugin';
import type { InputSpec, NodeDefinition } from './node-definition.ts';

/** Node classes by name. */
export type NodeRegistry = ReadonlyMap<string, NodeDefinition>;

/** A registry of these classes; a later definition replaces an earlier one of the same name. */
export function createNodeRegistry(definitions: readonly NodeDefinition[]): NodeRegistry {
  for (const { classType, run } of definitions) {
    if (typeof classType === 'string' && classType !== '' && typeof run === 'function') continue;
    throw new ComfygenError('INVALID_OPTIONS', 'A node needs a classType and a run function.', {
      details: { classType },
    });
  }
  return new Map(definitions.map((definition) => [definition.classType, definition]));
}

/** The registry as ComfyUI's `object_info` describes node classes; `filesOf` fills the file choices. */
export function describeRegistry(
  registry: NodeRegistry,
  filesOf: (folder: string) => string[],
): NodeCatalogue {
  return Object.fromEntries(
    [...registry.values()].map((definition) => [
      definition.classType,
      describeNode(definition, filesOf),
    ]),
  );
}

function describeNode(definition: NodeDefinition, filesOf: (folder: string) => string[]): NodeInfo {
  const { required, optional } = definition.inputs;
  const describe = (specs: { [name: string]: InputSpec }) =>
    Object.fromEntries(
      Object.entries(specs).map(([name, spec]) => [name, describeInput(spec, filesOf)]),
    );
  return {
    input: { required: describe(required), ...(optional && { optional: describe(optional) }) },
    input_order: {
      required: Object.keys(required),
      ...(optional && { optional: Object.keys(optional) }),
    },
    output: [...definition.outputs],
    output_is_list: definition.outputs.map(() => false),
    output_name: [...(definition.outputNames ?? definition.outputs)],
    output_node: definition.outputNode ?? false,
    name: definition.classType,
    python_module: 'comfygen.embedded',
  };
}

// The number nearest to 2^64 − 1, as JSON.parse of a real server's answer gives it.
const SEED_MAX = 2 ** 64;

function describeInput(
  [type, options = {}]: InputSpec,
  filesOf: (folder: string) => string[],
): unknown[] {
  const { folder, seed, ...shown } = options;
  if (folder === 'input') return [filesOf(folder), { ...shown, image_upload: true }];
  if (folder !== undefined) return [filesOf(folder), shown];
  if (seed) return [type, { ...shown, max: SEED_MAX, control_after_generate: true }];
  return [type, shown];
}
