import type { PoolMemberStatus } from '@comfygen/executors/pool';
import { ComfygenError } from 'comfygen';
import { findConfig } from '../../config/find-config.ts';
import { readInventory } from '../../parts/inventory.ts';
import { isPool } from '../../parts/pool.ts';
import { renderJson } from '../../render/json.ts';
import { cliVersion } from '../../version.ts';
import { checkLibrary, openParts } from '../flows/open-library.ts';
import type { FlowsOptions } from '../flows/options.ts';
import type { Run } from '../run.ts';
import { checkServer } from './check-server.ts';
import { findParts } from './find-parts.ts';
import type { DoctorOptions } from './options.ts';
import { type DoctorReport, type ReportedMember, renderDoctor } from './render-doctor.ts';
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
  const { problem, checked, executor, warnings, flows } = await checkExecutor(rest, run);
  const fallback = io.env['COMFYUI_URL'];
  const addresses = url ?? (fallback ? [fallback] : []);
  const servers = await Promise.all(addresses.map((one) => checkServer(one, flows, signal)));
  const report: DoctorReport = {
    node: { version: process.versions.node, platform: `${process.platform} ${process.arch}` },
    comfygen: cliVersion(),
    config: findConfig(io.cwd, options.config) ?? null,
    parts: findParts(),
    executor: executor.name,
    problem,
    members: isPool(executor) ? executor.status().members.map(reportMember) : [],
    servers,
    keys: KEYS.map((name) => ({ name, set: Boolean(io.env[name]) })),
    flows: checked.map(reportFlow),
    warnings,
  };
  io.out(options.json ? renderJson(report) : renderDoctor(report, io));
  const everywhere = [...report.flows, ...servers.flatMap((server) => server.flows)];
  return everywhere.some(({ canRun }) => canRun) ? 0 : 1;
}

/** The flows against what the executor has; one that does not answer is a finding, not the end. */
async function checkExecutor(options: FlowsOptions, run: Run) {
  const parts = await openParts(options, run);
  const { flows, executor, warnings } = parts;
  try {
    const inventory = await readInventory(executor, run.signal);
    return { ...checkLibrary(parts, inventory), flows, problem: null };
  } catch (error) {
    run.signal.throwIfAborted();
    const problem = ComfygenError.is(error) ? error.message : String(error);
    return { executor, flows, warnings, checked: [], problem };
  }
}

function reportMember({ name, executor, source, reason }: PoolMemberStatus): ReportedMember {
  return { name, executor, source: source ?? null, problem: reason?.message ?? null };
}
