import { findConfig } from '../../config/find-config.ts';
import { renderJson } from '../../render/json.ts';
import { cliVersion } from '../../version.ts';
import { openLibrary } from '../flows/open-library.ts';
import type { Run } from '../run.ts';
import { checkServer } from './check-server.ts';
import { findParts } from './find-parts.ts';
import type { DoctorOptions } from './options.ts';
import { type DoctorReport, renderDoctor } from './render-doctor.ts';
import { reportFlow } from './report-flow.ts';

/** Keys of services, by the vendors' own names. Only whether they are set is ever said. */
const KEYS = [
  'ANTHROPIC_API_KEY',
  'OPENAI_API_KEY',
  'COMFY_API_KEY',
  'COMFYICU_API_KEY',
  'REPLICATE_API_TOKEN',
  'RUNPOD_API_KEY',
  'HF_TOKEN',
];

/** `doctor`: what is here; 1 where nothing could make a picture. */
export async function doctor(options: DoctorOptions, run: Run): Promise<number> {
  const { io, signal } = run;
  const { url, ...rest } = options;
  const address = url || io.env['COMFYUI_URL'];
  const { checked, executor, warnings } = await openLibrary(rest, run);
  const flows = checked.map(({ flow }) => flow);
  const server = address ? await checkServer(address, flows, signal) : null;
  const report: DoctorReport = {
    node: { version: process.versions.node, platform: `${process.platform} ${process.arch}` },
    comfygen: cliVersion(),
    config: findConfig(io.cwd, options.config) ?? null,
    parts: findParts(),
    executor: executor.name,
    server,
    keys: KEYS.map((name) => ({ name, set: Boolean(io.env[name]) })),
    flows: checked.map(reportFlow),
    warnings,
  };
  io.out(options.json ? renderJson(report) : renderDoctor(report, io));
  return [...report.flows, ...(server?.flows ?? [])].some(({ canRun }) => canRun) ? 0 : 1;
}
