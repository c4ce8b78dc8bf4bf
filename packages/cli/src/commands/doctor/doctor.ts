import { findConfig } from '../../config/find-config.ts';
import { renderJson } from '../../render/json.ts';
import { cliVersion } from '../../version.ts';
import { openLibrary } from '../flows/open-library.ts';
import type { CommonOptions, Run } from '../run.ts';
import { findParts } from './find-parts.ts';
import { probeServer } from './probe-server.ts';
import { type DoctorReport, renderDoctor } from './render-doctor.ts';

/** Keys of services, by the vendors' own names. Only whether they are set is ever said. */
const KEYS = [
  'ANTHROPIC_API_KEY',
  'OPENAI_API_KEY',
  'COMFYICU_API_KEY',
  'REPLICATE_API_TOKEN',
  'RUNPOD_API_KEY',
  'HF_TOKEN',
];

/** `doctor`: what is here; 1 where nothing could make a picture. */
export async function doctor(options: CommonOptions, run: Run): Promise<number> {
  const { io, signal } = run;
  const address = io.env['COMFYUI_URL'];
  const server = address ? await probeServer(address, signal) : null;
  const { checked, executor, warnings } = await openLibrary(options, run);
  const report: DoctorReport = {
    node: { version: process.versions.node, platform: `${process.platform} ${process.arch}` },
    comfygen: cliVersion(),
    config: findConfig(io.cwd, options.config) ?? null,
    parts: findParts(),
    executor: executor.name,
    server,
    keys: KEYS.map((name) => ({ name, set: Boolean(io.env[name]) })),
    flows: checked.map(({ flow, check }) => ({
      id: flow.id,
      baseModel: flow.baseModel,
      canRun: check.canRun,
      missing: check.missing,
      reasons: check.reasons.map(({ message }) => message),
    })),
    warnings,
  };
  io.out(options.json ? renderJson(report) : renderDoctor(report, io));
  return report.flows.some(({ canRun }) => canRun) ? 0 : 1;
}
