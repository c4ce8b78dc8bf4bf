import { resolve } from 'node:path';
import type { Brief, ComfygenError, Slots } from 'comfygen';
import { readUiWorkflow } from 'comfygen/node';
import { bindWorkflow, convertWorkflow, findSlots, stringifyWorkflow } from 'comfygen/workflow';
import type { CommonOptions } from '../../options/common-options.ts';
import { writeText } from '../../output/write-file.ts';
import { renderWarnings } from '../../render/messages.ts';
import type { Run } from '../../terminal/io.ts';
import { naming, readCatalogue, readWorkflow } from './read-workflow.ts';

/** Options of `workflow bind`. */
export interface WorkflowBindOptions extends CommonOptions {
  prompt?: string;
  negative?: string;
  seed?: number | bigint;
  width?: number;
  height?: number;
  count?: number;
}

/** `workflow bind FILE --prompt …`: the filled workflow on stdout, warnings on stderr. */
export async function bindFile(
  file: string,
  options: WorkflowBindOptions,
  { io }: Run,
): Promise<number> {
  const workflow = await readWorkflow(file, io);
  const found = findSlots(workflow);
  // What is not asked for stays as the file has it.
  const slots: Slots = {
    ...found,
    seed: options.seed === undefined ? [] : found.seed,
    batchSize: options.count === undefined ? [] : found.batchSize,
  };
  const bound = bindWorkflow(workflow, slots, toBrief(options));
  const warnings = bound.warnings.filter(
    ({ code }) => code !== 'seed-ignored' || options.seed !== undefined,
  );
  io.out(`${stringifyWorkflow(bound.workflow, { indent: 2 })}\n`);
  io.err(renderWarnings(warnings, io.errColors, io.columns));
  return 0;
}

/** An exported file has no templates, so the prompt's parts are not read. */
function toBrief({
  prompt = '',
  negative,
  seed = 0,
  width,
  height,
  count,
}: WorkflowBindOptions): Brief {
  const parts = { subjects: [], relation: null, count: 1, scene: prompt };
  return { prompt, negative, seed, width, height, count, parts, limits: {}, options: {} };
}

/** Options of `workflow convert`. */
export interface WorkflowConvertOptions extends CommonOptions {
  objectInfo: string;
  out?: string;
  force?: boolean;
}

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
