import { ComfygenError, checkFlow, type Flow, type ModelRequirement } from 'comfygen';
import { readInventory } from '../../library/known-classes.ts';
import type { CheckedFlow } from '../../library/open-library.ts';
import { loadExecutor } from '../../parts/named-parts.ts';

/** What a server said of itself, and which flows it can run. */
export interface CheckedServer extends ServerProbe {
  /** The flows; empty where the server does not list what it has. */
  flows: ReportedFlow[];
}

/** A flow, and what keeps it from running; JSON-safe. */
export interface ReportedFlow {
  id: string;
  baseModel: string | null;
  canRun: boolean;
  missing: { classes: string[]; models: ModelRequirement[] };
  reasons: string[];
}

/** Probes a server and holds the flows against what it has; never throws except for the caller's own abort. */
export async function checkServer(
  url: string,
  flows: readonly Flow[],
  signal: AbortSignal,
): Promise<CheckedServer> {
  const probe = await probeServer(url, signal);
  if (!probe.reachable) return { ...probe, flows: [] };
  const executor = await loadExecutor({ executor: 'comfyui', executorOptions: { url } });
  try {
    const inventory = await readInventory(executor, signal);
    const checked = flows.map((flow) =>
      reportFlow({ flow, check: checkFlow(flow, { inventory }) }),
    );
    return { ...probe, flows: checked };
  } catch (error) {
    signal.throwIfAborted();
    const why = ComfygenError.is(error) ? error.message : String(error);
    return {
      ...probe,
      answer: `${probe.answer}, but does not list what it has: ${why}`,
      flows: [],
    };
  } finally {
    await executor.dispose?.();
  }
}

/** What a ComfyUI server said of itself. */
interface ServerProbe {
  url: string;
  /** `ComfyUI 0.33.0`, or why there is no answer. */
  answer: string;
  reachable: boolean;
}

const PROBE_MS = 3000;

/** Asks a server for `GET /system_stats`; never throws except for the caller's own abort. */
async function probeServer(address: string, signal: AbortSignal): Promise<ServerProbe> {
  const base = URL.parse(address);
  if (base === null || !/^https?:$/.test(base.protocol)) {
    return { url: '(not shown)', answer: 'not an http(s) address', reachable: false };
  }
  // User names, keys and queries stay out of what is printed.
  const url = `${base.origin}${base.pathname}`.replace(/\/$/, '');
  try {
    const timeout = AbortSignal.any([signal, AbortSignal.timeout(PROBE_MS)]);
    const response = await fetch(`${url}/system_stats`, { signal: timeout, redirect: 'error' });
    if (!response.ok) return { url, answer: `answers HTTP ${response.status}`, reachable: false };
    return { url, answer: describe(await response.json()), reachable: true };
  } catch (error) {
    signal.throwIfAborted();
    const timedOut = error instanceof Error && error.name === 'TimeoutError';
    return {
      url,
      answer: timedOut ? `no answer in ${PROBE_MS / 1000} s` : 'cannot be reached',
      reachable: false,
    };
  }
}

function describe(stats: unknown): string {
  const system = (stats as { system?: { comfyui_version?: unknown } } | null)?.system;
  const version = system?.comfyui_version;
  return typeof version === 'string' ? `ComfyUI ${version}` : 'answers, version not said';
}

/** What `doctor` says of a flow. */
export function reportFlow({ flow, check }: CheckedFlow): ReportedFlow {
  return {
    id: flow.id,
    baseModel: flow.baseModel,
    canRun: check.canRun,
    missing: check.missing,
    reasons: check.reasons.map(({ message }) => message),
  };
}
