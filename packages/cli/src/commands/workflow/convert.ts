import { resolve } from 'node:path';
import type { ComfygenError } from 'comfygen';
import { readUiWorkflow } from 'comfygen/node';
import { convertWorkflow, stringifyWorkflow } from 'comfygen/workflow';
import { writeText } from '../../output/write-document.ts';
import { renderWarnings } from '../../render/warnings.ts';
import type { Run } from '../run.ts';
import type { WorkflowConvertOptions } from './options.ts';
import { readCatalogue } from './read-catalogue.ts';
import { naming } from './read-workflow.ts';

/** `workflow convert SOURCE`: API format on stdout or in `--out`, warnings on stderr. */
export async function convertSource(
  source: string,
  { objectInfo, out, force }: WorkflowConvertOptions,
  { io, signal }: Run,
): Promise<number> {
  const catalogue = await readCatalogue(objectInfo, io);
  const isAddress = /^[a-z][a-z0-9+.-]*:\/\//i.test(source);
  const text =
    source === '-'
      ? await io.readInput()
      : await readUiWorkflow(isAddress ? source : resolve(io.cwd, source), { signal });
  const name = isAddress ? withoutQuery(source) : source;
  const { workflow, warnings } = naming(name, () => convertWorkflow(text, catalogue), {
    hint: (error) => hintFor(error, name),
  });
  const json = `${stringifyWorkflow(workflow, { indent: 2 })}\n`;
  await writeText(json, { out, force: force === true, io, signal });
  io.err(renderWarnings(warnings, io.errColors, io.columns));
  return 0;
}

function hintFor({ code, details }: ComfygenError, name: string): string | undefined {
  if (code === 'MISSING_NODE') {
    return 'Install their node packs on that server and save its /object_info again, or take these nodes out.';
  }
  const isGroup = details['group'] !== undefined;
  if (code === 'UNSUPPORTED_FORMAT' && !isGroup) {
    return `Use it as it is; see whether a server takes it with: comfygen workflow check ${name}`;
  }
  return code === 'INVALID_WORKFLOW'
    ? 'Open the file in ComfyUI and save it again, or use Workflow > Export (API).'
    : undefined;
}

/** Keys travel in an address's query. */
function withoutQuery(address: string): string {
  const url = URL.parse(address);
  return url === null ? address : url.origin + url.pathname;
}
