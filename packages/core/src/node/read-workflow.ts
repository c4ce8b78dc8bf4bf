import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ComfygenError } from '../errors/comfygen-error.ts';
import { isPng } from '../util/png.ts';
import { readAs } from '../util/read-as.ts';
import { DEFAULT_MAX_BYTES, type FetchOptions, fetchBytes, fetchOptions } from './fetch-bytes.ts';
import { readBytes } from './files.ts';
import { readPngText } from './png-text.ts';

/** A folder, an exported file (`.json`, or a PNG made by ComfyUI), or a file: or http(s) address. */
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

/**
 * The text of a workflow that ComfyUI's editor saved, for `convertWorkflow`: of a `.json` file, of a PNG made by
 * ComfyUI, or of an http(s) address that gives one of them. What the text says is not looked at. Limits are
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
  options.signal?.throwIfAborted();
  const place = toPlace(source);
  if (place instanceof URL) {
    return workflowText(place.origin + place.pathname, await fetchBytes(place, options), 'ui');
  }
  const bytes = await readBytes(place, options.maxBytes ?? DEFAULT_MAX_BYTES, options.signal);
  return workflowText(place, bytes, 'ui');
}

/** Which of the two graphs is wanted of a file that may hold either. */
export type WantedFormat = 'api' | 'ui' | 'either';

/**
 * The workflow's JSON text in an exported file: the file itself, or what ComfyUI writes into its PNGs, the
 * graph that was run (API format) and the one of the editor (UI format).
 */
export function workflowText(name: string, bytes: Uint8Array, wanted: WantedFormat): string {
  if (isPng(bytes)) return embeddedText(name, bytes, wanted);
  const text = decode(name, bytes);
  if (/^\s*<(!doctype|html|\?xml)/i.test(text)) {
    throw invalid(
      name,
      'is a web page, not a workflow; on code-hosting sites take the address of the raw file',
    );
  }
  return text;
}

function embeddedText(name: string, bytes: Uint8Array, wanted: WantedFormat): string {
  const texts = readPngText(bytes);
  const [run, drawn] = [texts.get('prompt'), texts.get('workflow')];
  const text = wanted === 'api' ? run : wanted === 'ui' ? drawn : (run ?? drawn);
  if (text !== undefined) return withoutNaN(text);
  if (drawn !== undefined) {
    throw invalid(
      name,
      'holds a workflow in the UI format only; save it by "Export (API)" in ComfyUI',
    );
  }
  throw invalid(
    name,
    run === undefined
      ? 'is a picture without a ComfyUI workflow in it'
      : 'holds a workflow in API format only: there is nothing to convert',
  );
}

/** ComfyUI writes Python's NaN where a node compares as always changed; JSON has no such word. */
function withoutNaN(text: string): string {
  return text.replaceAll(/([[,:]\s*)NaN(?=\s*[\],}])/g, '$1null');
}

function decode(name: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw invalid(name, 'is neither text nor a PNG', cause);
  }
}

function invalid(name: string, what: string, cause?: unknown): ComfygenError {
  return new ComfygenError('INVALID_WORKFLOW', `${name} ${what}`, {
    details: { path: name },
    cause,
  });
}
