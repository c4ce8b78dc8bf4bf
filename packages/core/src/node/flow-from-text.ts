import { basename, dirname, extname } from 'node:path';
import { ComfygenError } from '../errors/comfygen-error.ts';
import { defineFlow } from '../library/define-flow.ts';
import type { FlowFile } from '../library/flow-file.ts';
import type { Flow, NodeCatalogue, Warning, Workflow } from '../spec/index.ts';
import { convertWorkflow } from '../workflow/convert/convert-workflow.ts';
import { isUiWorkflow } from '../workflow/is-ui-workflow.ts';
import { parseText } from '../workflow/parse.ts';

/**
 * A flow from a workflow's text and what `flow.json` says of it; errors begin with the path. With a catalogue
 * a text in UI format is converted; then there are `warnings`.
 */
export function flowFromText(
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
export function parseFlowFile(path: string, bytes: Uint8Array): FlowFile {
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
