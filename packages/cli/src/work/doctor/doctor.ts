import { readFileSync } from 'node:fs';
import type { PoolMemberStatus } from '@comfygen/executors/pool';
import { ComfygenError } from 'comfygen';
import { findConfig } from '../../config/load-config.ts';
import { readInventory } from '../../library/known-classes.ts';
import { checkLibrary, openParts } from '../../library/open-library.ts';
import type { CommonOptions } from '../../options/common-options.ts';
import type { LibraryOptions } from '../../options/setup-options.ts';
import { isPool } from '../../parts/pool.ts';
import { renderDocument } from '../../render/json.ts';
import type { Run } from '../../terminal/io.ts';
import { cliVersion } from '../../version.ts';
import { checkServer, reportFlow } from './check-server.ts';
import {
  type DoctorReport,
  type FoundPart,
  type ReportedMember,
  renderDoctor,
} from './render-doctor.ts';

/** Options of `doctor`. */
export interface DoctorOptions extends CommonOptions {
  url?: string[];
  /** Every package and key, and all that the flows lack. */
  flows?: boolean;
}

const PACKAGES = [
  'comfygen',
  '@comfygen/selectors',
  '@comfygen/scorers',
  '@comfygen/executors',
  '@comfygen/embedded',
  '@comfygen/llm',
  '@comfygen/lab',
  '@comfygen/workflows',
];

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

/** `doctor`: reports what is installed and reachable; exit code 1 where nothing could make a picture. */
export async function doctor(options: DoctorOptions, run: Run): Promise<number> {
  const { io, signal } = run;
  const { url, flows: details = false, ...rest } = options;
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
  io.out(options.json ? renderDocument('doctor', report) : renderDoctor(report, details, io));
  const everywhere = [...report.flows, ...servers.flatMap((server) => server.flows)];
  return everywhere.some(({ canRun }) => canRun) ? 0 : 1;
}

/** The flows against what the executor has; one that does not answer is a finding, not the end. */
async function checkExecutor(options: LibraryOptions, run: Run) {
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

/** Which packages of comfygen are installed here, by their manifests; nothing is loaded. */
function findParts(): FoundPart[] {
  return PACKAGES.map((name) => ({ name, version: versionOf(name) }));
}

function versionOf(name: string): string | null {
  try {
    const manifest = readFileSync(new URL(import.meta.resolve(`${name}/package.json`)), 'utf8');
    return (JSON.parse(manifest) as { version: string }).version;
  } catch {
    return null;
  }
}
