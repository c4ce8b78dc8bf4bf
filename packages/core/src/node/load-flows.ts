import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { ComfygenError } from '../errors/comfygen-error.ts';
import { defineFlow } from '../library/define-flow.ts';
import type { FlowFile } from '../library/flow-file.ts';
import type { Flow, NodeCatalogue, Warning, Workflow } from '../spec/index.ts';
import { readAs } from '../util/read-as.ts';
import { findGraph } from '../workflow/find-graph.ts';
import { type OpenedGraph, openGraph } from '../workflow/open-graph.ts';
import { parseText } from '../workflow/read.ts';
import { hashWorkflow } from '../workflow/write.ts';
import { DEFAULT_MAX_BYTES, type FetchOptions, fetchBytes, fetchOptions } from './fetch-bytes.ts';
import { fileFault, readBytes } from './files.ts';
import { besideFlow, type FlowFiles, fileKind, findFlowFiles } from './find-flow-files.ts';
import { nameFlows, nameOf } from './name-flows.ts';
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

/** The flows in the order of the sources; what became of the files is in properties of the list. */
export type LoadedFlows = Flow[] & {
  /** Files of folders that were left out. Not part of the list: neither counted nor serialised. */
  readonly skipped: readonly SkippedFile[];
  /** Files that were converted; none without a `catalogue`. */
  readonly converted: readonly ConvertedFile[];
  /** What else was done on the way in: ids that were told apart, wrappers and comments that were passed over. */
  readonly warnings: readonly Warning[];
};

/** Settings for loading flows. */
export interface LoadFlowsOptions extends FetchOptions {
  /** Called for each file of a folder that is left out, also where `loadFlows` throws since none is left. */
  onSkip?: ((skipped: SkippedFile) => void) | undefined;
  /**
   * A server's `GET /object_info`, by which files in UI format are converted, or what fetches it when the first of them
   * is met; without it they are refused.
   */
  catalogue?: NodeCatalogue | (() => NodeCatalogue | Promise<NodeCatalogue>) | undefined;
}

const loadFlowsOptions = z.strictObject({
  ...fetchOptions.shape,
  onSkip: z
    .custom((value) => typeof value === 'function', { error: 'must be a function' })
    .optional(),
  catalogue: z
    .union([
      z.looseObject({}),
      z.custom<() => NodeCatalogue>((value) => typeof value === 'function'),
    ])
    .optional(),
} satisfies Record<keyof LoadFlowsOptions, z.ZodType>);

/** A file's workflow with what is said of it; the flow is made once its id is known. */
interface Loaded {
  path: string;
  /** The folder that it was found in; `undefined` for a file that was given by name. */
  root: string | undefined;
  flow: Flow;
  opened: Omit<OpenedGraph, 'graph'>;
}

/**
 * The flows of folders, files and addresses, in their order, a folder's sorted by path. In a folder,
 * `<id>/workflow.json` with an optional `flow.json` beside it is a library's flow, and every other `.json`, or
 * `.png` or `.webp` that ComfyUI made, is a user's own export, named after its file; `NAME.flow.json` beside it says
 * what its graph can't. Files of one name are told apart by their folders, with a warning.
 *
 * A file of a folder that is no workflow, and a picture of a workflow that the folders have already, is left out, and
 * said in `skipped` and to `onSkip`. A source that is one file or address, and folders in which nothing is a workflow,
 * throw: FILE_ACCESS, INVALID_WORKFLOW, UNSUPPORTED_FORMAT (ComfyUI's UI format without a `catalogue`), INVALID_FLOW
 * (`flow.json`), NO_FLOW (nothing there), or for addresses the code of the HTTP answer. Limits: 64 MiB a file, 30 s and
 * five redirects an address; no credentials are sent. An abort rethrows the signal's reason.
 */
export async function loadFlows(
  sources: FlowSource | readonly FlowSource[],
  options: LoadFlowsOptions = {},
): Promise<LoadedFlows> {
  readAs(loadFlowsOptions, options, { what: 'loadFlows', code: 'INVALID_OPTIONS' });
  const skipped: SkippedFile[] = [];
  const skip = (file: SkippedFile) => {
    skipped.push(file);
    options.onSkip?.(file);
  };
  const all: Loaded[] = [];
  const empty: ComfygenError[] = [];
  for (const source of typeof sources === 'string' || sources instanceof URL
    ? [sources]
    : sources) {
    options.signal?.throwIfAborted();
    const loaded = await loadSource(source, options, skip);
    if (ComfygenError.is(loaded)) empty.push(loaded);
    else for (const one of loaded) addOnce(all, one);
  }
  if (all.length === 0 && empty[0] !== undefined) throw empty[0];
  const kept = withoutRuns(all, skip);
  return nameApart(kept, skipped);
}

/** Adds a file that is not there yet; one that was also given by name counts as named. */
function addOnce(all: Loaded[], one: Loaded): void {
  const same = all.findIndex(({ path }) => path === one.path);
  if (same < 0) all.push(one);
  else if (one.root === undefined) all[same] = one;
}

/** The flows under their ids, with what was done to their files. */
function nameApart(kept: readonly Loaded[], skipped: readonly SkippedFile[]): LoadedFlows {
  const ids = nameFlows(kept);
  const warnings: Warning[] = [];
  const flows = kept.map(({ flow, path, opened }, index) => {
    const id = ids[index]!;
    if (id !== flow.id) {
      const message = `${path} is the flow ${id}: another file has the name ${flow.id}, too.`;
      warnings.push({ code: 'flow-renamed', message, details: { path, id } });
    }
    if (!opened.converted) warnings.push(...opened.warnings.map((one) => atPath(path, one)));
    const title = id !== flow.id && flow.title === nameOf(path) ? id : flow.title;
    return { ...flow, id, title };
  });
  const converted = kept
    .filter(({ opened }) => opened.converted)
    .map(({ path, opened }) => ({ path, warnings: opened.warnings }));
  const beside = {
    skipped: { value: skipped },
    converted: { value: converted },
    warnings: { value: warnings },
  };
  return Object.defineProperties(flows, beside) as LoadedFlows;
}

const atPath = (path: string, warning: Warning): Warning => ({
  ...warning,
  message: `${path}: ${warning.message}`,
});

/**
 * Leaves out the pictures of folders whose workflow is that of another file but for what a brief fills: they were made
 * by it, and would be offered beside it.
 */
function withoutRuns(all: readonly Loaded[], skip: (file: SkippedFile) => void): Loaded[] {
  const isPicture = ({ path, root }: Loaded) => root !== undefined && !/\.json$/i.test(path);
  const first = new Map<string, Loaded>();
  for (const one of all.toSorted((a, b) => Number(isPicture(a)) - Number(isPicture(b)))) {
    const key = workflowKey(one.flow);
    if (!first.has(key)) first.set(key, one);
  }
  return all.filter((one) => {
    const made = isPicture(one) ? first.get(workflowKey(one.flow)) : undefined;
    if (made === undefined || made === one) return true;
    const message = `${one.path} is a picture of the workflow of ${made.path}, with another prompt, seed or size`;
    const details = { path: one.path, madeBy: made.path };
    skip({ path: one.path, error: new ComfygenError('INVALID_FLOW', message, { details }) });
    return false;
  });
}

function workflowKey({ workflow, slots }: Flow): string {
  const prefixes = Object.keys(workflow).map((node) => ({ node, input: 'filename_prefix' }));
  return hashWorkflow(workflow, { without: { ...slots, seed: [...slots.seed, ...prefixes] } });
}

/** What a source holds; the error of a folder in which nothing is a workflow. */
async function loadSource(
  source: FlowSource,
  options: LoadFlowsOptions,
  skip: (file: SkippedFile) => void,
): Promise<Loaded[] | ComfygenError> {
  const place = toPlace(source);
  if (place instanceof URL) {
    const path = spelledOut(place.origin + place.pathname);
    return [await loadBytes(path, await fetchBytes(place, options), {}, options)];
  }
  let kind: 'folder' | 'file' | 'nothing';
  try {
    kind = await fileKind(place);
  } catch (error) {
    throw fileFault(place, error);
  }
  if (kind === 'folder') return loadFolder(place, options, skip);
  const beside = join(dirname(place), besideFlow(basename(place)));
  const flowFile = (await fileKind(beside)) === 'file' ? beside : undefined;
  return [await loadFiles({ workflow: place, flowFile }, options)];
}

async function loadFolder(
  folder: string,
  options: LoadFlowsOptions,
  skip: (file: SkippedFile) => void,
): Promise<Loaded[] | ComfygenError> {
  const failed: SkippedFile[] = [];
  const fail = (path: string, error: unknown) => {
    if (!ComfygenError.is(error)) throw error;
    failed.push({ path, error });
  };
  const loaded: Loaded[] = [];
  for (const files of await findFlowFiles(folder, fail)) {
    options.signal?.throwIfAborted();
    try {
      loaded.push({ ...(await loadFiles(files, options)), root: folder });
    } catch (error) {
      options.signal?.throwIfAborted();
      fail(files.workflow, error);
    }
  }
  for (const file of failed) skip(file);
  return loaded.length === 0 ? nothingFound(folder, failed) : loaded;
}

async function loadFiles(files: FlowFiles, options: LoadFlowsOptions): Promise<Loaded> {
  const maxBytes = options.maxBytes ?? DEFAULT_MAX_BYTES;
  const bytes = await readBytes(files.workflow, maxBytes, options.signal);
  const { flowFile } = files;
  const facts =
    flowFile === undefined
      ? {}
      : parseFlowFile(flowFile, await readBytes(flowFile, maxBytes, options.signal));
  return loadBytes(files.workflow, bytes, facts, options);
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

/** A flow from a file's bytes and what is said of it; errors begin with the path. */
async function loadBytes(
  path: string,
  bytes: Uint8Array,
  facts: FlowFile,
  { catalogue }: LoadFlowsOptions,
): Promise<Loaded> {
  const text = workflowText(path, bytes, catalogue === undefined ? 'api' : 'either');
  const [id] = nameFlows([{ path, root: undefined }]);
  try {
    const value = parseText(text) as object;
    const isLazy = typeof catalogue === 'function';
    const isUi = isLazy && findGraph(value, 'api')?.format === 'ui';
    const classes = isLazy ? (isUi ? await catalogue() : undefined) : catalogue;
    const { graph, ...opened } = openGraph(value, classes);
    const workflow = graph as Workflow;
    const flow = defineFlow({ title: nameOf(path), ...facts, id: id!, workflow });
    return { path, root: undefined, flow, opened };
  } catch (error) {
    if (!ComfygenError.is(error)) throw error;
    const { code, details, cause } = error;
    throw new ComfygenError(code, `${path}: ${error.message}`, {
      details: { ...details, path },
      cause,
    });
  }
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
