import { basename, dirname, extname, join } from 'node:path';
import { z } from 'zod';
import { ComfygenError } from '../errors/comfygen-error.ts';
import { defineFlow } from '../library/define-flow.ts';
import type { FlowFile } from '../library/flow-file.ts';
import type { Flow, NodeCatalogue, Warning, Workflow } from '../spec/index.ts';
import { readAs } from '../util/read-as.ts';
import { convertWorkflow } from '../workflow/convert/convert-workflow.ts';
import { isUiWorkflow, parseText } from '../workflow/read.ts';
import { DEFAULT_MAX_BYTES, type FetchOptions, fetchBytes, fetchOptions } from './fetch-bytes.ts';
import { fileFault, readBytes } from './files.ts';
import { type FlowFiles, fileKind, findFlowFiles } from './find-flow-files.ts';
import { type FlowSource, spelledOut, toPlace, workflowText } from './read-workflow.ts';

/** A file that gave no flow, and why. */
export interface SkippedFile {
  path: string;
  error: ComfygenError;
}

/** A file in UI format that was converted, and what that left out or set by default. */
export interface ConvertedFile {
  path: string;
  warnings: readonly Warning[];
}

/** The flows in the order of the sources; the files that were left out or converted are properties of the list. */
export type LoadedFlows = Flow[] & {
  /** Files of folders that were left out. Not part of the list: neither counted nor serialised. */
  readonly skipped: readonly SkippedFile[];
  /** Files that were converted; none without a `catalogue`. */
  readonly converted: readonly ConvertedFile[];
};

/** Settings for loading flows. */
export interface LoadFlowsOptions extends FetchOptions {
  /** Called for each file of a folder that is left out. */
  onSkip?: ((skipped: SkippedFile) => void) | undefined;
  /** A server's `GET /object_info`, by which files in UI format are converted; without it they are refused. */
  catalogue?: NodeCatalogue | undefined;
}

const loadFlowsOptions = z.strictObject({
  ...fetchOptions.shape,
  onSkip: z
    .custom((value) => typeof value === 'function', { error: 'must be a function' })
    .optional(),
  catalogue: z.looseObject({}).optional(),
} satisfies Record<keyof LoadFlowsOptions, z.ZodType>);

interface Loaded {
  flow: Flow;
  path: string;
  /** Warnings of the conversion; `undefined` where the file was not converted. */
  warnings: readonly Warning[] | undefined;
}

/**
 * The flows of folders, files and addresses, in their order, a folder's sorted by path. In a folder,
 * `<id>/workflow.json` with an optional `flow.json` beside it is a library's flow, and every other `.json`
 * or `.png` is a user's own export, named after its file.
 *
 * A file of a folder that is no workflow is left out, and said in `skipped` and to `onSkip`. A source that is one
 * file or address, and a folder in which nothing is a workflow, throw: FILE_ACCESS, INVALID_WORKFLOW,
 * UNSUPPORTED_FORMAT (ComfyUI's UI format without a `catalogue`), INVALID_FLOW (`flow.json`, or two flows of one id),
 * NO_FLOW (nothing there), or for addresses the code of the HTTP answer. Limits: 64 MiB a file, 30 s and five
 * redirects an address; no credentials are sent. An abort rethrows the signal's reason.
 */
export async function loadFlows(
  sources: FlowSource | readonly FlowSource[],
  options: LoadFlowsOptions = {},
): Promise<LoadedFlows> {
  readAs(loadFlowsOptions, options, { what: 'loadFlows', code: 'INVALID_OPTIONS' });
  const skipped: SkippedFile[] = [];
  const converted: ConvertedFile[] = [];
  const origins = new Map<string, string>();
  const flows: Flow[] = [];
  for (const source of typeof sources === 'string' || sources instanceof URL
    ? [sources]
    : sources) {
    options.signal?.throwIfAborted();
    const loaded = await loadSource(source, options, (file) => {
      skipped.push(file);
      options.onSkip?.(file);
    });
    for (const { flow, path, warnings } of loaded) {
      requireNewId(flow.id, path, origins);
      flows.push(flow);
      if (warnings !== undefined) converted.push({ path, warnings });
    }
  }
  const beside = { skipped: { value: skipped }, converted: { value: converted } };
  return Object.defineProperties(flows, beside) as LoadedFlows;
}

async function loadSource(
  source: FlowSource,
  options: LoadFlowsOptions,
  skip: (file: SkippedFile) => void,
): Promise<Loaded[]> {
  const place = toPlace(source);
  if (place instanceof URL) {
    const path = place.origin + place.pathname;
    const text = workflowText(path, await fetchBytes(place, options), formatFor(options));
    return [{ ...flowFromText(spelledOut(path), {}, text, options.catalogue), path }];
  }
  let kind: 'folder' | 'file' | 'nothing';
  try {
    kind = await fileKind(place);
  } catch (error) {
    throw fileFault(place, error);
  }
  if (kind === 'folder') return loadFolder(place, options, skip);
  const beside = join(dirname(place), 'flow.json');
  const isLibrarys = basename(place) === 'workflow.json' && (await fileKind(beside)) === 'file';
  return [await loadFiles({ workflow: place, flowFile: isLibrarys ? beside : undefined }, options)];
}

async function loadFolder(
  folder: string,
  options: LoadFlowsOptions,
  skip: (file: SkippedFile) => void,
): Promise<Loaded[]> {
  const failed: SkippedFile[] = [];
  const fail = (path: string, error: unknown) => {
    if (!ComfygenError.is(error)) throw error;
    failed.push({ path, error });
  };
  const loaded: Loaded[] = [];
  for (const files of await findFlowFiles(folder, fail)) {
    options.signal?.throwIfAborted();
    try {
      loaded.push(await loadFiles(files, options));
    } catch (error) {
      options.signal?.throwIfAborted();
      fail(files.workflow, error);
    }
  }
  if (loaded.length === 0) throw nothingFound(folder, failed);
  for (const file of failed) skip(file);
  return loaded;
}

async function loadFiles(files: FlowFiles, options: LoadFlowsOptions): Promise<Loaded> {
  const maxBytes = options.maxBytes ?? DEFAULT_MAX_BYTES;
  const path = files.workflow;
  const bytes = await readBytes(path, maxBytes, options.signal);
  const text = workflowText(path, bytes, formatFor(options));
  const { flowFile } = files;
  const facts =
    flowFile === undefined
      ? {}
      : parseFlowFile(flowFile, await readBytes(flowFile, maxBytes, options.signal));
  return { ...flowFromText(path, facts, text, options.catalogue), path };
}

const formatFor = ({ catalogue }: LoadFlowsOptions) => (catalogue === undefined ? 'api' : 'either');

function requireNewId(id: string, path: string, origins: Map<string, string>): void {
  const first = origins.get(id);
  if (first !== undefined) {
    throw new ComfygenError('INVALID_FLOW', `two flows have the id ${id}: ${first} and ${path}`, {
      details: { id, paths: [first, path] },
    });
  }
  origins.set(id, path);
}

function nothingFound(folder: string, failed: readonly SkippedFile[]): ComfygenError {
  const [only] = failed;
  if (only !== undefined && failed.length === 1) return only.error;
  const why = failed.map(({ error }) => error.message);
  const message =
    why.length === 0
      ? `${folder}: no workflow in this folder; export one by "Export (API)" in ComfyUI`
      : `${folder}: none of ${why.length} files is a workflow: ${why.slice(0, 3).join('; ')}`;
  return new ComfygenError('NO_FLOW', message, { details: { folder, reasons: why } });
}

/**
 * A flow from a workflow's text and what `flow.json` says of it; errors begin with the path. With a catalogue
 * a text in UI format is converted; then there are `warnings`.
 */
function flowFromText(
  path: string,
  facts: FlowFile,
  text: string,
  catalogue?: NodeCatalogue | undefined,
): { flow: Flow; warnings: Warning[] | undefined } {
  const name = nameOf(path);
  try {
    const { workflow, warnings } = toApiFormat(text, catalogue);
    return { flow: defineFlow({ title: name, ...facts, id: idOf(name), workflow }), warnings };
  } catch (error) {
    if (!ComfygenError.is(error)) throw error;
    const { code, details, cause } = error;
    throw new ComfygenError(code, `${path}: ${error.message}`, {
      details: { ...details, path },
      cause,
    });
  }
}

function toApiFormat(
  text: string,
  catalogue: NodeCatalogue | undefined,
): { workflow: Workflow | string; warnings: Warning[] | undefined } {
  const isUi = catalogue !== undefined && isUiWorkflow(parseText(text));
  return isUi ? convertWorkflow(text, catalogue) : { workflow: text, warnings: undefined };
}

/** What `flow.json` says; its fields are checked where the flow is made. */
function parseFlowFile(path: string, bytes: Uint8Array): FlowFile {
  try {
    const facts: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (typeof facts === 'object' && facts !== null && !Array.isArray(facts)) return facts;
  } catch (cause) {
    throw new ComfygenError('INVALID_FLOW', `${path} is not JSON`, { details: { path }, cause });
  }
  throw new ComfygenError('INVALID_FLOW', `${path}: expected an object`, { details: { path } });
}

/** A library's flow is named by its folder, an export by its file. */
function nameOf(path: string): string {
  const file = basename(path, extname(path));
  return (file === 'workflow' && basename(dirname(path))) || file;
}

/** `My Flow (v2)` becomes `my-flow-v2`; a letter that a-z can't spell becomes its code point, as `u732b`. */
function idOf(name: string): string {
  const plain = name.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase();
  const spelled = plain.replaceAll(/[^\p{ASCII}]/gu, (letter) =>
    /\p{L}|\p{N}/u.test(letter) ? `-u${letter.codePointAt(0)?.toString(16)}-` : '-',
  );
  return spelled.replaceAll(/[^a-z0-9]+/g, '-').replaceAll(/^-|-$/g, '') || 'workflow';
}
