import { DEFAULT_MAX_BYTES, type FetchOptions, fetchBytes } from './fetch-workflow.ts';
import { type FlowSource, toPlace } from './flow-source.ts';
import { readBytes, workflowText } from './read-source.ts';

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
  options.signal?.throwIfAborted();
  const place = toPlace(source);
  if (place instanceof URL) {
    return workflowText(place.origin + place.pathname, await fetchBytes(place, options), 'ui');
  }
  const bytes = await readBytes(place, options.maxBytes ?? DEFAULT_MAX_BYTES, options.signal);
  return workflowText(place, bytes, 'ui');
}
