import type { Brief, ComfygenError, Slots } from 'comfygen';
import { readUiWorkflow } from 'comfygen/node';
import { bindWorkflow, convertWorkflow, findSlots, stringifyWorkflow } from 'comfygen/workflow';
import { locateFlows } from '../../config/settings.ts';
import type { GivenInputs } from '../../input/parse-values.ts';
import { missingHint, readKnownClasses, type ServerOptions } from '../../library/known-classes.ts';
import { writeText } from '../../output/write-file.ts';
import { renderWarnings } from '../../render/messages.ts';
import type { Run } from '../../terminal/io.ts';
import { nameOf, naming, readWorkflow } from './read-workflow.ts';

/** Options of `workflow bind`. */
export interface WorkflowBindOptions extends ServerOptions {
  prompt?: string;
  negative?: string;
  seed?: number | bigint;
  width?: number;
  height?: number;
  count?: number;
  input?: GivenInputs;
}

/** `workflow bind FILE --prompt …`: the filled workflow on stdout, warnings on stderr. */
export async function bindFile(
  file: string,
  options: WorkflowBindOptions,
  run: Run,
): Promise<number> {
  const { io } = run;
  const known = await readKnownClasses(options, run);
  const { workflow, warnings: read } = await readWorkflow(file, known, run);
  const found = findSlots(workflow);
  // What is not asked for stays as the file has it.
  const slots: Slots = {
    ...found,
    seed: options.seed === undefined ? [] : found.seed,
    batchSize: options.count === undefined ? [] : found.batchSize,
  };
  // Inputs are held to what a server takes; the rest is written as it is given.
  const { catalogue, validate } = known;
  const held = options.input && { catalogue, models: validate.models };
  const bound = bindWorkflow(workflow, slots, toBrief(options), held);
  const warnings = bound.warnings.filter(
    ({ code }) => code !== 'seed-ignored' || options.seed !== undefined,
  );
  io.out(`${stringifyWorkflow(bound.workflow, { indent: 2 })}\n`);
  io.err(renderWarnings([...read, ...warnings], io.errColors, io.columns));
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
  input,
}: WorkflowBindOptions): Brief {
  const parts = { subjects: [], relation: null, count: 1, scene: prompt };
  const given = { prompt, negative, seed, width, height, count, inputs: input };
  return { ...given, parts, limits: {}, options: {} };
}

/** Options of `workflow convert`. */
export interface WorkflowConvertOptions extends ServerOptions {
  out?: string;
  force?: boolean;
}

/** `workflow convert SOURCE`: API format on stdout or in `--out`, warnings on stderr. */
export async function convertSource(
  source: string,
  { out, force, ...options }: WorkflowConvertOptions,
  run: Run,
): Promise<number> {
  const { io, signal } = run;
  const known = await readKnownClasses(options, run);
  const { workflow, warnings } = await naming(
    source,
    async () => {
      const text =
        source === '-'
          ? await io.readInput()
          : await readUiWorkflow(locateFlows(io.cwd, source), { signal });
      return convertWorkflow(text, known.catalogue);
    },
    (error) => hintFor(error, source, known.isServers),
  );
  const json = `${stringifyWorkflow(workflow, { indent: 2 })}\n`;
  await writeText(json, { out, force: force === true, io, signal });
  io.err(renderWarnings(warnings, io.errColors, io.columns));
  if (!known.isServers) {
    const text = `Converted by ${known.source}; for a server of another version name it with --url or --object-info.`;
    io.err(renderWarnings([{ message: text }], io.errColors, io.columns));
  }
  return 0;
}

function hintFor(
  { code, details }: ComfygenError,
  source: string,
  isServers: boolean,
): string | undefined {
  if (code === 'MISSING_NODE') return missingHint(isServers);
  if (code === 'UNSUPPORTED_FORMAT' && details['nodeId'] === undefined) {
    return `Use it as it is; see whether a server takes it with: comfygen workflow check ${nameOf(source)}`;
  }
  return code === 'INVALID_WORKFLOW'
    ? 'Open the file in ComfyUI and save it again, or use Workflow > Export (API).'
    : undefined;
}
