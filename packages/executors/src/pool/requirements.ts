import { ComfygenError, type Inventory, type PartRef, type Plan } from 'comfygen/plugin';
import { findComponents, type NodeCatalogue, type Workflow } from 'comfygen/workflow';
import { takesFiles } from './supports.ts';
import type { Member, NamedFile, Needs, Uploads, Work } from './types.ts';

const MODEL_FILE = /\.(safetensors|sft|ckpt|pt|pth|bin|gguf|onnx)$/i;

/** Something that a member does not have. */
interface Lack {
  code: 'MISSING_NODE' | 'MISSING_MODEL' | 'MISSING_INPUT';
  what: string;
}

/** What a plan's graph needs: node classes, model files, uploaded files. */
export function readNeeds({
  workflow,
  files: pictures = [],
}: Pick<Plan, 'workflow' | 'files'>): Needs {
  const nodes = Object.values(workflow);
  const folders = foldersOf(workflow);
  const files: NamedFile[] = [];
  const texts = new Set<string>();
  for (const { class_type: classType, inputs } of nodes)
    for (const [input, value] of Object.entries(inputs ?? {})) {
      if (typeof value !== 'string' || value.length > 512) continue;
      texts.add(value);
      const folder = folders.get(value);
      if (folder !== undefined || MODEL_FILE.test(value))
        files.push({ classType, input, file: value, folder });
    }
  const heavy = ['checkpoints', 'diffusion_models', 'text_encoders'];
  const base = files.filter(({ folder }) => folder !== undefined && heavy.includes(folder));
  return {
    classes: [...new Set(nodes.map((node) => node.class_type))],
    files,
    base: [...new Set(base.map(({ file }) => file))],
    texts,
    pictures: pictures.length > 0,
  };
}

function foldersOf(workflow: Workflow): Map<string, string> {
  const components = findComponents(workflow);
  const folders: [string, readonly string[]][] = [
    ['checkpoints', components.checkpoints],
    ['diffusion_models', components.diffusionModels],
    ['text_encoders', components.textEncoders],
    ['loras', components.loras.map(({ file }) => file)],
    ['vae', components.vaes],
    ['upscale_models', components.upscalers],
  ];
  return new Map(folders.flatMap(([folder, files]) => files.map((file) => [file, folder])));
}

/** Whether a member can run a job, as far as it has told. The result is kept until its inventory is read again. */
export function fitsOn(work: Work, member: Member, uploads: Uploads): boolean {
  if (member.removed || work.unfit.has(member)) return false;
  const { version } = member.inventory;
  const known = work.fits.get(member);
  if (known?.version === version) return known.fits;
  const fits = lacksOf(work, member, uploads).length === 0;
  work.fits.set(member, { version, fits });
  return fits;
}

/** The error of a job that no member can run: one member's refusal, or what each lacks. */
export function noMemberFits(
  work: Work,
  members: readonly Member[],
  uploads: Uploads,
  part: PartRef,
): ComfygenError {
  const [refusal] = [...work.unfit.values()].toReversed();
  const lacking = members
    .filter((member) => !member.removed)
    .map((member) => ({ member: member.name, lacks: lacksOf(work, member, uploads) }))
    .filter(({ lacks }) => lacks.length > 0);
  const [first] = lacking;
  if (!first && refusal) return refusal;
  if (!first) return new ComfygenError('UNAVAILABLE', 'The pool has no members left.', { part });
  const text = lacking.map(
    ({ member, lacks }) => `${member} lacks ${lacks.map(({ what }) => what).join(', ')}`,
  );
  const message = `No member of the pool can run this graph: ${text.join('; ')}.`;
  const details = { members: lacking };
  return new ComfygenError(first.lacks[0]!.code, message, { part, details, cause: refusal });
}

/** What a member surely lacks for a job. */
function lacksOf({ needs }: Work, member: Member, uploads: Uploads): Lack[] {
  const { value } = member.inventory;
  const lacks = value ? findLacks(needs, value) : [];
  if (needs.pictures && !takesFiles(member.executor))
    lacks.push({ code: 'MISSING_INPUT', what: 'an upload for its pictures' });
  for (const [file, holders] of uploads)
    if (needs.texts.has(file) && !holders.has(member))
      lacks.push({ code: 'MISSING_INPUT', what: file });
  return lacks;
}

/** What an inventory surely lacks; what it does not tell is taken to be there. */
function findLacks({ classes, files }: Needs, { catalogue, models }: Inventory): Lack[] {
  const lacks: Lack[] = [];
  if (catalogue)
    for (const what of classes)
      if (!Object.hasOwn(catalogue, what)) lacks.push({ code: 'MISSING_NODE', what });
  for (const { classType, input, file, folder } of files) {
    // A node's own list decides on a real server; an empty one may only mean that none was read.
    const listed =
      optionsOf(catalogue, classType, input) ??
      (folder !== undefined && Object.hasOwn(models, folder) ? models[folder] : undefined);
    if (listed && !listed.some((name) => slashes(name) === slashes(file)))
      lacks.push({ code: 'MISSING_MODEL', what: file });
  }
  return lacks;
}

function optionsOf(catalogue: NodeCatalogue | null, classType: string, input: string) {
  if (!catalogue || !Object.hasOwn(catalogue, classType)) return undefined;
  const { required, optional } = catalogue[classType]?.input ?? {};
  const options = listOf(required?.[input] ?? optional?.[input]);
  return options && options.length > 0 ? options : undefined;
}

/** The choices of an input, from either form in which `object_info` writes them; `undefined` where it has none. */
export function listOf(spec: unknown): string[] | undefined {
  if (!Array.isArray(spec)) return undefined;
  const [type, settings] = spec as [unknown, { options?: unknown } | undefined];
  const options = Array.isArray(type) ? type : type === 'COMBO' ? settings?.options : undefined;
  const isList = Array.isArray(options) && options.every((option) => typeof option === 'string');
  return isList ? options : undefined;
}

const slashes = (file: string) => file.replaceAll('\\', '/');
