import type { Flow, SelectorRequest } from 'comfygen/plugin';
import { type Components, findComponents, listClasses, type Workflow } from 'comfygen/workflow';

interface ModelFile {
  folder: string;
  file: string;
}

/**
 * The faults of a graph's parts, as sentences: files and classes that are not known to be there, and files that don't
 * go together. A file is there where the inventory lists it or a flow on offer uses it; a class without a catalogue,
 * where a flow on offer uses it. Limits that flows state can't be checked for a new graph, so under them it is
 * refused.
 */
export function checkParts(workflow: Workflow, request: SelectorRequest): string[] {
  const { flows, inventory, brief } = request;
  const files = filesOf(findComponents(workflow));
  const { commercialUse, maxCost, maxDurationMs, maxVramGb } = brief.limits;
  const isListed = ({ folder, file }: ModelFile) =>
    inventory !== null &&
    Object.hasOwn(inventory.models, folder) &&
    inventory.models[folder]!.includes(file);
  const isUsed = ({ folder, file }: ModelFile) =>
    flows.some(({ components }) =>
      filesOf(components).some((one) => one.folder === folder && one.file === file),
    );
  const classes = inventory?.catalogue
    ? []
    : listClasses(workflow).filter((name) => !flows.some((flow) => flow.classes.includes(name)));
  return [
    ...classes.map((name) => `No flow on offer uses the class ${name}.`),
    ...files
      .filter((file) => !isUsed(file) && (commercialUse === true || !isListed(file)))
      .map(({ file }) =>
        commercialUse === true
          ? `The licence of ${file} is not known.`
          : `${file} is neither in the inventory nor used by a flow on offer.`,
      ),
    ...([maxCost, maxDurationMs, maxVramGb].some((limit) => limit !== undefined)
      ? ['What a new workflow costs is not known, and the brief limits it.']
      : []),
    ...mixedFamilies(files, flows),
  ];
}

/** Files of which no family of base models, as the flows on offer tell it, has all. */
function mixedFamilies(files: readonly ModelFile[], flows: readonly Flow[]): string[] {
  const families = files.flatMap(({ folder, file }) => {
    const users = flows.filter(
      ({ baseModel, components }) =>
        baseModel !== null &&
        filesOf(components).some((one) => one.folder === folder && one.file === file),
    );
    return users.length === 0 ? [] : [new Set(users.map(({ baseModel }) => baseModel!))];
  });
  const [first, ...others] = families;
  if (first === undefined) return [];
  if ([...first].some((family) => others.every((one) => one.has(family)))) return [];
  return ['Its model files belong to different families of base models.'];
}

const FOLDERS = [
  ['checkpoints', 'checkpoints'],
  ['diffusionModels', 'diffusion_models'],
  ['textEncoders', 'text_encoders'],
  ['vaes', 'vae'],
  ['upscalers', 'upscale_models'],
] as const satisfies [keyof Components, string][];

function filesOf(components: Components): ModelFile[] {
  return [
    ...FOLDERS.flatMap(([kind, folder]) => components[kind].map((file) => ({ folder, file }))),
    ...components.loras.map(({ file }) => ({ folder: 'loras', file })),
  ];
}
