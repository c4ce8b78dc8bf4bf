import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { ComfygenError } from '../errors/comfygen-error.ts';
import type { NodeCatalogue } from '../spec/index.ts';
import { isPng } from '../util/png.ts';
import { readAs } from '../util/read-as.ts';
import { findGraph } from '../workflow/find-graph.ts';
import { type OpenedGraph, openGraph } from '../workflow/open-graph.ts';
import { parseText } from '../workflow/read.ts';
import { readEmbeddedJson } from './embedded-json.ts';
import { DEFAULT_MAX_BYTES, type FetchOptions, fetchBytes, fetchOptions } from './fetch-bytes.ts';
import { readBytes } from './files.ts';
import { readPngText } from './png-text.ts';

/** A folder, an exported file (`.json`, or a picture made by ComfyUI), or a file: or http(s) address. */
export type FlowSource = string | URL;

/** A path, or an http(s) address. Throws INVALID_OPTIONS for addresses of other kinds. */
export function toPlace(source: FlowSource): string | URL {
  if (!(source instanceof URL) && !/^[a-z][a-z0-9+.-]*:\/\//i.test(source)) return resolve(source);
  const url = URL.parse(String(source));
  if (url?.protocol === 'file:') return resolve(fileURLToPath(url));
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url;
  throw new ComfygenError(
    'INVALID_OPTIONS',
    `${source}: expected a path or a file: or http(s) address`,
  );
}

/** `my%20flow.json` as it would be on disk. */
export function spelledOut(path: string): string {
  try {
    return decodeURI(path);
  } catch {
    return path;
  }
}

/** Settings for reading a graph. */
export interface ReadGraphOptions extends FetchOptions {
  /** A server's `GET /object_info`, by which UI format is converted; without it such a file is refused. */
  catalogue?: NodeCatalogue | undefined;
}

const readGraphOptions = z.strictObject({
  ...fetchOptions.shape,
  catalogue: z.looseObject({}).optional(),
} satisfies Record<keyof ReadGraphOptions, z.ZodType>);

/**
 * The graph of a `.json` file, of a picture or film that ComfyUI made, or of an http(s) address that gives one of
 * them, in API format: for `validateWorkflow`, or for `parseWorkflow` and all that takes a workflow. With a
 * `catalogue` UI format is converted, and said. Limits are those of `loadFlows`.
 *
 * @throws FILE_ACCESS; INVALID_WORKFLOW for what holds no workflow; UNSUPPORTED_FORMAT for UI format without a
 * `catalogue`; MISSING_NODE where it lacks a class; for addresses the code of the HTTP answer. An abort rethrows the
 * signal's reason.
 */
export async function readGraph(
  source: FlowSource,
  options: ReadGraphOptions = {},
): Promise<OpenedGraph> {
  readAs(readGraphOptions, options, { what: 'readGraph', code: 'INVALID_OPTIONS' });
  const { catalogue, ...reading } = options;
  const text = await readSource(source, reading, catalogue === undefined ? 'api' : 'either');
  return openGraph(text, catalogue);
}

/**
 * The text of a workflow that ComfyUI's editor saved, for `convertWorkflow`: of a `.json` file, of a picture made by
 * ComfyUI, or of an http(s) address that gives one of them. What the text of a file says is not looked at. Limits are
 * those of `loadFlows`: 64 MiB, and 30 s and five redirects for an address; no credentials are sent.
 *
 * @throws FILE_ACCESS; INVALID_WORKFLOW for a picture without such a workflow, a web page, or what is no text; for
 * addresses the code of the HTTP answer. An abort rethrows the signal's reason.
 */
export async function readUiWorkflow(
  source: FlowSource,
  options: FetchOptions = {},
): Promise<string> {
  readAs(fetchOptions, options, { what: 'readUiWorkflow', code: 'INVALID_OPTIONS' });
  return readSource(source, options, 'ui');
}

async function readSource(
  source: FlowSource,
  options: FetchOptions,
  wanted: WantedFormat,
): Promise<string> {
  options.signal?.throwIfAborted();
  const place = toPlace(source);
  if (place instanceof URL) {
    return workflowText(place.origin + place.pathname, await fetchBytes(place, options), wanted);
  }
  const bytes = await readBytes(place, options.maxBytes ?? DEFAULT_MAX_BYTES, options.signal);
  return workflowText(place, bytes, wanted);
}

/** Which of the two graphs is wanted of a file that may hold either; `either` prefers the one that was run. */
export type WantedFormat = 'api' | 'ui' | 'either';

/**
 * The workflow's JSON text in an exported file: the file itself, or what ComfyUI writes into pictures and films, the
 * graph that was run (API format) and the one of the editor (UI format).
 */
export function workflowText(name: string, bytes: Uint8Array, wanted: WantedFormat): string {
  if (isPng(bytes)) return embeddedText(name, pngTexts(bytes), wanted);
  // UTF-8 has no such byte in JSON, and pictures, films and sound are full of them.
  if (bytes.includes(0) && encodingOf(bytes) === 'utf-8')
    return embeddedText(name, readEmbeddedJson(bytes), wanted);
  const text = decode(name, bytes);
  if (/^\s*<(!doctype|html|\?xml)/i.test(text)) {
    throw invalid(
      name,
      'is a web page, not a workflow; on code-hosting sites take the address of the raw file',
    );
  }
  return text;
}

/** ComfyUI's own two texts first, then those that other tools write. */
function pngTexts(bytes: Uint8Array): string[] {
  const { prompt, workflow, ...others } = Object.fromEntries(readPngText(bytes));
  return [prompt, workflow, ...Object.values(others)].filter((text) => text !== undefined);
}

function embeddedText(name: string, texts: readonly string[], wanted: WantedFormat): string {
  const found: { [format in 'api' | 'ui']?: string } = {};
  for (const text of texts) {
    const json = withoutNaN(text);
    for (const format of ['api', 'ui'] as const) {
      if (found[format] === undefined && formatIn(json, format) === format) found[format] = json;
    }
  }
  const text = wanted === 'either' ? (found.api ?? found.ui) : found[wanted];
  if (text !== undefined) return text;
  if (found.ui !== undefined) {
    throw invalid(
      name,
      'holds a workflow in the UI format only; save it by "Export (API)" in ComfyUI, or convert it: comfygen workflow convert, loadFlows(…, { catalogue })',
    );
  }
  throw invalid(
    name,
    found.api === undefined
      ? 'is a picture or another binary file without a ComfyUI workflow in it'
      : 'holds a workflow in API format only: there is nothing to convert',
  );
}

/** The format of the graph in a text that may be anything, where it is the wanted one or there is no other. */
function formatIn(text: string, wanted: 'api' | 'ui'): 'api' | 'ui' | undefined {
  if (!/^\s*\{/.test(text)) return undefined;
  try {
    return findGraph(parseText(text), wanted)?.format;
  } catch {
    return undefined;
  }
}

/** ComfyUI writes Python's NaN where a node compares as always changed; JSON has no such word. */
function withoutNaN(text: string): string {
  return text.replaceAll(/([[,:]\s*)NaN(?=\s*[\],}])/g, '$1null');
}

function decode(name: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder(encodingOf(bytes), { fatal: true }).decode(bytes);
  } catch (cause) {
    throw invalid(name, 'is neither text nor a picture with a workflow in it', cause);
  }
}

/** Shells of Windows write UTF-16, with its mark in front. */
function encodingOf([first, second]: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  return first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
}

function invalid(name: string, what: string, cause?: unknown): ComfygenError {
  return new ComfygenError('INVALID_WORKFLOW', `${name} ${what}`, {
    details: { path: name },
    cause,
  });
}
